import { Module, type Provider } from '@nestjs/common';
import { Clock, CommandSink, Log } from '#libs/messaging';
import {
  CheckLayout,
  compilePublication,
  DefinitionStore,
  GetSaga,
  HomeMailbox,
  Install,
  InstallationStore,
  ListSagas,
  LoadedDefinitions,
  OperatorStore,
  PublishDefinitions,
  RequestAction,
  ResolveParked,
  StartSaga,
  TopicAdmin,
  type Installation,
} from '#libs/orchestration';
import type { Configuration } from './configuration.js';
import { CONFIGURATION, INSTALLATION, Sinks } from './tokens.js';

/** Checks, or in development makes, the installation before anything else is built on it. */
const installation: Provider = {
  provide: INSTALLATION,
  useFactory: async (configuration: Configuration, store: InstallationStore, topics: TopicAdmin, clock: Clock, log: Log) => {
    const { installation: name, autoInstall, homePartitions, topics: { replication } } = configuration;
    if (autoInstall && (await store.find()) === undefined) {
      await new Install(store, topics, clock).install({ name, homePartitions, ...(replication === undefined ? {} : { replication }) });
    }
    const checked = await new CheckLayout(store, topics).check(name);
    for (const warning of checked.warnings) log.warn('the home topic could be safer', { warning });
    return checked.installation;
  },
  inject: [CONFIGURATION, InstallationStore, TopicAdmin, Clock, Log],
};

const definitions: Provider = {
  provide: LoadedDefinitions,
  useFactory: (store: DefinitionStore, clock: Clock, log: Log) =>
    new LoadedDefinitions({
      store,
      clock,
      compile: compilePublication,
      onError: (error) => log.warn('definitions could not be looked up', { reason: String(error) }),
    }),
  inject: [DefinitionStore, Clock, Log],
};

const mailbox: Provider = {
  provide: HomeMailbox,
  useFactory: (sink: CommandSink, clock: Clock, belongsTo: Installation, { keyring, maxValueBytes }: Configuration) =>
    new HomeMailbox({ sink, clock, keyring, installation: belongsTo, maxValueBytes }),
  inject: [CommandSink, Clock, INSTALLATION, CONFIGURATION],
};

const useCases: readonly Provider[] = [
  {
    provide: StartSaga,
    useFactory: (store: OperatorStore, loaded: LoadedDefinitions, box: HomeMailbox, belongsTo: Installation, clock: Clock, { answerMs }: Configuration) =>
      new StartSaga({ store, definitions: loaded, mailbox: box, installation: belongsTo, clock, waitMs: answerMs }),
    inject: [OperatorStore, LoadedDefinitions, HomeMailbox, INSTALLATION, Clock, CONFIGURATION],
  },
  {
    provide: RequestAction,
    useFactory: (store: OperatorStore, box: HomeMailbox, clock: Clock, { answerMs }: Configuration) =>
      new RequestAction({ store, mailbox: box, clock, waitMs: answerMs }),
    inject: [OperatorStore, HomeMailbox, Clock, CONFIGURATION],
  },
  {
    provide: ResolveParked,
    useFactory: (store: OperatorStore, box: HomeMailbox, actions: RequestAction, clock: Clock) =>
      new ResolveParked({ store, mailbox: box, actions, clock }),
    inject: [OperatorStore, HomeMailbox, RequestAction, Clock],
  },
  {
    provide: PublishDefinitions,
    useFactory: (store: DefinitionStore, topics: TopicAdmin, loaded: LoadedDefinitions, { topics: topicPolicy }: Configuration) =>
      new PublishDefinitions({ store, topics, definitions: loaded, topicPolicy }),
    inject: [DefinitionStore, TopicAdmin, LoadedDefinitions, CONFIGURATION],
  },
  { provide: ListSagas, useFactory: (store: OperatorStore) => new ListSagas(store), inject: [OperatorStore] },
  {
    provide: GetSaga,
    useFactory: (store: OperatorStore, loaded: LoadedDefinitions) => new GetSaga(store, loaded),
    inject: [OperatorStore, LoadedDefinitions],
  },
];

/** The sink through which the API and the gates reach home partitions, apart from that of the lanes. */
const sink: Provider = { provide: CommandSink, useFactory: (sinks: Sinks) => sinks.make(), inject: [Sinks] };

/** What can be asked of a coordinator: one use case each, over the ports that a global module provides. */
@Module({
  providers: [installation, definitions, sink, mailbox, ...useCases],
  exports: [INSTALLATION, CommandSink, LoadedDefinitions, ...useCases.map((one) => (one as { provide: symbol }).provide)],
})
export class OperationsModule {}
