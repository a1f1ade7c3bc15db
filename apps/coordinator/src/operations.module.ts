import { Module, type Provider } from '@nestjs/common';
import { FieldKeys, FolderFieldKeys } from '#libs/messaging';
import {
  CheckLayout,
  compilePublication,
  HomeMailbox,
  Install,
  LoadedDefinitions,
  TopicAdmin,
  type Installation,
  sealingKeyring,
} from '#libs/orchestration';
import { Surroundings, INSTALLATION, Stores, Traffic } from './ports.js';
import { useCases } from './use-cases.js';

/** Checks, or in development makes, the installation before anything is built on it. */
async function checkedInstallation(
  surroundings: Surroundings,
  { installations }: Stores,
  topics: TopicAdmin,
): Promise<Installation> {
  const { configuration, clock, log } = surroundings;
  const { installation: name, autoInstall, homePartitions } = configuration;
  const { replication } = configuration.topics;
  if (autoInstall && (await installations.find()) === undefined) {
    const choice = { name, homePartitions, ...(replication === undefined ? {} : { replication }) };
    await new Install(installations, topics, clock).install(choice);
  }
  const { installation, warnings } = await new CheckLayout(installations, topics).check(name);
  for (const warning of warnings) log.warn('the home topic could be safer', { warning });
  return installation;
}

function loadedDefinitions({ clock, log }: Surroundings, { definitions: store }: Stores): LoadedDefinitions {
  const onError = (error: unknown): void =>
    log.warn('definitions could not be looked up', { reason: String(error) });
  return new LoadedDefinitions({ store, clock, compile: compilePublication, onError });
}

const shared: readonly Provider[] = [
  {
    provide: FieldKeys,
    useFactory: ({ configuration, clock }: Surroundings) =>
      new FolderFieldKeys(configuration.secretsFolder, clock),
    inject: [Surroundings],
  },
  { provide: INSTALLATION, useFactory: checkedInstallation, inject: [Surroundings, Stores, TopicAdmin] },
  { provide: LoadedDefinitions, useFactory: loadedDefinitions, inject: [Surroundings, Stores] },
  {
    provide: HomeMailbox,
    useFactory: (
      { clock, configuration }: Surroundings,
      { homeSink: sink }: Traffic,
      installation: Installation,
      definitions: LoadedDefinitions,
    ) =>
      new HomeMailbox({
        sink,
        clock,
        keyring: sealingKeyring(configuration.keyring, definitions),
        installation,
        maxValueBytes: configuration.maxValueBytes,
      }),
    inject: [Surroundings, Traffic, INSTALLATION, LoadedDefinitions],
  },
];

/** What can be asked of a coordinator: one use case each, over the ports that global modules provide. */
@Module({
  providers: [...shared, ...useCases],
  exports: [INSTALLATION, FieldKeys, LoadedDefinitions, ...useCases.map(({ provide }) => provide)],
})
export class OperationsModule {}
