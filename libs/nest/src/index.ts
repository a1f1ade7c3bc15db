export { COORDINATOR_TRANSPORT, CoordinatorServer } from './coordinator-server.js';
export { Answers, CarriesOut } from './handler-decorators.js';
export { ParticipantModule, participantToken, type ParticipantModuleOptions } from './participant.module.js';
export { ParticipantStrategy, type ParticipantOptions } from './participant-strategy.js';
export { PARTICIPANT_TRANSPORT } from './participant-transport.js';
export { Transaction } from './transaction.decorator.js';
