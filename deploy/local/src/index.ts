/** The broker and the database on this machine, for demo, tests and development. */
export { repositoryFolder } from './repository.js';
export { startLocalStack, type LocalStack } from './local-stack.js';
export type { LocalStackOptions } from './local-stack-options.js';
export type { Sources } from './choose-sources.js';
export type { BrokerHandle, PostgresCopy, PostgresHandle, RestoreKind } from './handles.js';
export type { ExtraListener, ScramUser } from './settings.js';
export type { Address } from './broker-properties.js';
export type { Source } from './source.js';
export {
  startService,
  type ServiceOptions,
  type ServiceProcess,
  type ServiceReadiness,
} from './service-process.js';
export { startGuard, type Guard } from './guard.js';
export { runFolderOf } from './run-folder.js';
export { runBrokerTool } from './broker-tool.js';
export { serverUser } from './server-user.js';
export { freePorts } from './free-ports.js';
export type { ProcessEnd } from './owned-process.js';
export { startProxy, type Proxy, type ProxyOptions } from './proxy.js';
export { createDatabase, dropDatabase, databaseAddress, type DatabaseOptions } from './databases.js';
export { cached, cacheFolder } from './download-cache.js';
export { checkTools, type ToolQuestion } from './check-tools.js';
export { MissingToolError, describeMissingTool, type MissingTool } from './missing-tool.js';
export { LocalStackError, type LocalStackErrorCode } from './local-stack-error.js';
