import { FieldKeys } from '#libs/messaging';
import {
  ActOnIncidents,
  ActOnTask,
  ApplyRelease,
  CompareOperations,
  DeclareOutage,
  ExplainWaiting,
  ExportAll,
  CheckPositions,
  CompareVersions,
  ListParked,
  GetSaga,
  GetTask,
  GroupIncidents,
  HomeMailbox,
  ImportAll,
  JudgeSaga,
  KeyLog,
  ListSagas,
  ListFacts,
  ListLocks,
  ListOperations,
  ListStalled,
  ListTasks,
  LoadedDefinitions,
  MeasureVersion,
  OperatorStore,
  PauseWork,
  PublishDefinitions,
  ReadPublishedTexts,
  ReportQuality,
  ReportRepairs,
  ReportTime,
  RequestAction,
  ResolveParked,
  DecideAgain,
  RetellTrace,
  StartByPerson,
  TellStatus,
  ShowBoard,
  StartSaga,
  TakeWebhook,
  SurveyDefinition,
  SwitchToggle,
  TakeBaselines,
  TopicAdmin,
  type Installation,
} from '#libs/orchestration';
import { FolderSecrets } from './folder-secrets.js';
import { INSTALLATION, Stores, Surroundings, Traffic } from './ports.js';

/** One provider for each use case, over the ports that global modules provide. */
export const useCases = [
  {
    provide: StartSaga,
    useFactory: (
      surroundings: Surroundings,
      { operators: store }: Stores,
      definitions: LoadedDefinitions,
      mailbox: HomeMailbox,
      installation: Installation,
    ) =>
      new StartSaga({
        store,
        definitions,
        mailbox,
        installation,
        clock: surroundings.clock,
        waitMs: surroundings.configuration.answerMs,
      }),
    inject: [Surroundings, Stores, LoadedDefinitions, HomeMailbox, INSTALLATION],
  },
  {
    provide: StartByPerson,
    useFactory: (
      { clock }: Surroundings,
      starts: StartSaga,
      definitions: LoadedDefinitions,
      installation: Installation,
    ) => new StartByPerson({ starts, definitions, installation, clock }),
    inject: [Surroundings, StartSaga, LoadedDefinitions, INSTALLATION],
  },
  {
    provide: TakeWebhook,
    useFactory: (
      { clock, configuration }: Surroundings,
      { homeSink: sink }: Traffic,
      definitions: LoadedDefinitions,
      mailbox: HomeMailbox,
      installation: Installation,
      fieldKeys: FieldKeys,
    ) => {
      const secrets = new FolderSecrets(configuration.secretsFolder);
      return new TakeWebhook({ definitions, mailbox, sink, secrets, fieldKeys, installation, clock });
    },
    inject: [Surroundings, Traffic, LoadedDefinitions, HomeMailbox, INSTALLATION, FieldKeys],
  },
  {
    provide: RequestAction,
    useFactory: (
      { clock, configuration }: Surroundings,
      { operators: store }: Stores,
      mailbox: HomeMailbox,
    ) => {
      const { answerMs: waitMs, asksForNotes } = configuration;
      return new RequestAction({ store, mailbox, clock, waitMs, asksForNotes });
    },
    inject: [Surroundings, Stores, HomeMailbox],
  },
  {
    provide: GroupIncidents,
    useFactory: ({ operators }: Stores, definitions: LoadedDefinitions) =>
      new GroupIncidents(operators, definitions),
    inject: [Stores, LoadedDefinitions],
  },
  {
    provide: ActOnIncidents,
    useFactory: ({ clock }: Surroundings, { operators: store }: Stores, actions: RequestAction) =>
      new ActOnIncidents({ store, actions, clock }),
    inject: [Surroundings, Stores, RequestAction],
  },
  {
    provide: ResolveParked,
    useFactory: (
      { clock, configuration }: Surroundings,
      { operators: store }: Stores,
      mailbox: HomeMailbox,
      actions: RequestAction,
    ) => {
      const { asksForNotes } = configuration;
      return new ResolveParked({ store, mailbox, actions, clock, asksForNotes });
    },
    inject: [Surroundings, Stores, HomeMailbox, RequestAction],
  },
  {
    provide: ListParked,
    useFactory: ({ clock }: Surroundings, { operators }: Stores, definitions: LoadedDefinitions) =>
      new ListParked(operators, definitions, clock),
    inject: [Surroundings, Stores, LoadedDefinitions],
  },
  {
    provide: CheckPositions,
    useFactory: ({ operators }: Stores, definitions: LoadedDefinitions) =>
      new CheckPositions(operators, definitions),
    inject: [Stores, LoadedDefinitions],
  },
  {
    provide: SurveyDefinition,
    useFactory: ({ definitions: store }: Stores) => new SurveyDefinition(store),
    inject: [Stores],
  },
  {
    provide: ReadPublishedTexts,
    useFactory: ({ definitions: store }: Stores) => new ReadPublishedTexts(store),
    inject: [Stores],
  },
  {
    provide: PublishDefinitions,
    useFactory: (
      { clock, configuration }: Surroundings,
      { definitions: store, operators }: Stores,
      topics: TopicAdmin,
      definitions: LoadedDefinitions,
      fieldKeys: FieldKeys,
    ) => {
      const baselines = new TakeBaselines(new MeasureVersion(operators), clock);
      return new PublishDefinitions({
        store,
        topics,
        definitions,
        topicPolicy: configuration.topics,
        baselines,
        fieldKeys,
      });
    },
    inject: [Surroundings, Stores, TopicAdmin, LoadedDefinitions, FieldKeys],
  },
  {
    provide: ExportAll,
    useFactory: (
      { clock }: Surroundings,
      { transfers: store, operators }: Stores,
      installation: Installation,
    ) => new ExportAll({ store, operators, installation, clock }),
    inject: [Surroundings, Stores, INSTALLATION],
  },
  {
    provide: ImportAll,
    useFactory: (
      { clock, configuration }: Surroundings,
      { transfers: store }: Stores,
      topics: TopicAdmin,
      installation: Installation,
      definitions: LoadedDefinitions,
    ) =>
      new ImportAll({ store, installation, definitions, topics, topicPolicy: configuration.topics, clock }),
    inject: [Surroundings, Stores, TopicAdmin, INSTALLATION, LoadedDefinitions],
  },
  {
    provide: ActOnTask,
    useFactory: (
      { clock, configuration }: Surroundings,
      { operators: store }: Stores,
      definitions: LoadedDefinitions,
      mailbox: HomeMailbox,
    ) => new ActOnTask({ store, definitions, mailbox, clock, waitMs: configuration.answerMs }),
    inject: [Surroundings, Stores, LoadedDefinitions, HomeMailbox],
  },
  {
    provide: KeyLog,
    useFactory: (
      { clock, configuration }: Surroundings,
      { operators: store }: Stores,
      definitions: LoadedDefinitions,
      mailbox: HomeMailbox,
    ) => new KeyLog({ store, definitions, mailbox, clock, waitMs: configuration.answerMs }),
    inject: [Surroundings, Stores, LoadedDefinitions, HomeMailbox],
  },
  {
    provide: ListStalled,
    useFactory: (
      { clock }: Surroundings,
      { operators }: Stores,
      definitions: LoadedDefinitions,
      sagas: GetSaga,
    ) => new ListStalled(operators, definitions, sagas, clock),
    inject: [Surroundings, Stores, LoadedDefinitions, GetSaga],
  },
  {
    provide: CompareVersions,
    useFactory: ({ clock }: Surroundings, { definitions, operators }: Stores) =>
      new CompareVersions(definitions, new MeasureVersion(operators), clock),
    inject: [Surroundings, Stores],
  },
  {
    provide: ShowBoard,
    useFactory: ({ clock }: Surroundings, { operators }: Stores, definitions: LoadedDefinitions) =>
      new ShowBoard(operators, definitions, clock),
    inject: [Surroundings, Stores, LoadedDefinitions],
  },
  {
    provide: JudgeSaga,
    useFactory: ({ clock }: Surroundings, { operators }: Stores) => new JudgeSaga(operators, clock),
    inject: [Surroundings, Stores],
  },
  {
    provide: CompareOperations,
    useFactory: (
      { clock, configuration }: Surroundings,
      { operators: store }: Stores,
      definitions: LoadedDefinitions,
    ) => new CompareOperations({ store, definitions, keyring: configuration.keyring, clock }),
    inject: [Surroundings, Stores, LoadedDefinitions],
  },
  {
    provide: ListOperations,
    useFactory: ({ configuration }: Surroundings, { operators }: Stores, definitions: LoadedDefinitions) =>
      new ListOperations(operators, definitions, configuration.keyring),
    inject: [Surroundings, Stores, LoadedDefinitions],
  },
  {
    provide: ReportRepairs,
    useFactory: ({ clock }: Surroundings, { operators }: Stores, definitions: LoadedDefinitions) =>
      new ReportRepairs(operators, definitions, clock),
    inject: [Surroundings, Stores, LoadedDefinitions],
  },
  {
    provide: ReportQuality,
    useFactory: ({ clock }: Surroundings, { operators }: Stores, definitions: LoadedDefinitions) =>
      new ReportQuality(operators, definitions, clock),
    inject: [Surroundings, Stores, LoadedDefinitions],
  },
  {
    provide: ReportTime,
    useFactory: ({ clock }: Surroundings, { operators }: Stores, definitions: LoadedDefinitions) =>
      new ReportTime(operators, definitions, clock),
    inject: [Surroundings, Stores, LoadedDefinitions],
  },
  {
    provide: DeclareOutage,
    useFactory: ({ operators }: Stores, mailbox: HomeMailbox) => new DeclareOutage(operators, mailbox),
    inject: [Stores, HomeMailbox],
  },
  {
    provide: TellStatus,
    useFactory: ({ operators }: Stores, definitions: LoadedDefinitions) =>
      new TellStatus(operators, definitions),
    inject: [Stores, LoadedDefinitions],
  },
  {
    provide: ListFacts,
    useFactory: ({ operators }: Stores, definitions: LoadedDefinitions) =>
      new ListFacts(operators, definitions),
    inject: [Stores, LoadedDefinitions],
  },
  { provide: ListLocks, useFactory: ({ operators }: Stores) => new ListLocks(operators), inject: [Stores] },
  {
    provide: ListTasks,
    useFactory: ({ operators }: Stores, definitions: LoadedDefinitions) =>
      new ListTasks(operators, definitions),
    inject: [Stores, LoadedDefinitions],
  },
  {
    provide: GetTask,
    useFactory: ({ clock }: Surroundings, { operators }: Stores, definitions: LoadedDefinitions) =>
      new GetTask(operators, definitions, clock),
    inject: [Surroundings, Stores, LoadedDefinitions],
  },
  {
    provide: ListSagas,
    useFactory: ({ operators }: Stores, definitions: LoadedDefinitions) =>
      new ListSagas(operators, definitions),
    inject: [Stores, LoadedDefinitions],
  },
  {
    provide: ExplainWaiting,
    useFactory: ({ operators }: Stores, definitions: LoadedDefinitions) =>
      new ExplainWaiting(operators, definitions),
    inject: [Stores, LoadedDefinitions],
  },
  {
    provide: GetSaga,
    useFactory: ({ clock }: Surroundings, { operators }: Stores, definitions: LoadedDefinitions) =>
      new GetSaga(operators, definitions, clock),
    inject: [Surroundings, Stores, LoadedDefinitions],
  },
  {
    provide: DecideAgain,
    useFactory: ({ operators }: Stores, definitions: LoadedDefinitions) =>
      new DecideAgain(operators, definitions),
    inject: [Stores, LoadedDefinitions],
  },
  {
    provide: RetellTrace,
    useFactory: ({ tracing }: Surroundings, { operators: store }: Stores, installation: Installation) =>
      new RetellTrace({ store, trace: tracing.saga, installation }),
    inject: [Surroundings, Stores, INSTALLATION],
  },
  {
    provide: ApplyRelease,
    useFactory: (toggles: SwitchToggle) => new ApplyRelease(toggles),
    inject: [SwitchToggle],
  },
  {
    provide: SwitchToggle,
    useFactory: ({ clock }: Surroundings, { definitions: store }: Stores, definitions: LoadedDefinitions) =>
      new SwitchToggle(store, definitions, clock),
    inject: [Surroundings, Stores, LoadedDefinitions],
  },
  {
    provide: PauseWork,
    useFactory: (
      { clock }: Surroundings,
      { definitions: store, operators }: Stores,
      definitions: LoadedDefinitions,
    ) => new PauseWork(store, operators, definitions, clock),
    inject: [Surroundings, Stores, LoadedDefinitions],
  },
  { provide: OperatorStore, useFactory: ({ operators }: Stores) => operators, inject: [Stores] },
];
