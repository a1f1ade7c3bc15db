export { FollowPublications, type FollowPublicationsOptions } from './follow-publications.js';
export { HttpBridge, type HttpBridgeParts } from './http-bridge.js';
export { HttpExchange, type HttpOutcome } from './http-exchange.js';
export { httpParticipants, type HttpCommand, type HttpParticipant } from './http-participant.js';
export type { HttpRequest } from './http-request.js';
export { NodeHttpExchange, type HttpSettings, type HttpTls } from './node-http-exchange.js';
