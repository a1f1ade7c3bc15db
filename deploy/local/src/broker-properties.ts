/** A host and port that something listens on. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One listener of a broker: where it listens and what it tells clients to connect to. */
export interface BrokerListener {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  readonly advertised: Address;
}

/** All that decides the configuration of one broker. */
export interface BrokerPlan {
  readonly nodeId: number;
  readonly dataFolder: string;
  readonly controllerPort: number;
  readonly voters: readonly { readonly nodeId: number; readonly port: number }[];
  /** The first one also carries the traffic between brokers. */
  readonly listeners: readonly [BrokerListener, ...BrokerListener[]];
  readonly overrides: Readonly<Record<string, string>>;
}

const HOST = '127.0.0.1';

/** The server.properties of a broker that is also a controller; overrides win. */
export function brokerProperties(plan: BrokerPlan): Readonly<Record<string, string>> {
  return { ...identity(plan), ...listeners(plan), ...replication(plan), ...behaviour, ...plan.overrides };
}

/** Writes properties in Java's own format. */
export function formatProperties(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(
      ([key, value]) => `${escaped(key).replace(/[ :=]/g, '\\$&')}=${escaped(value).replace(/^ /, '\\ ')}\n`,
    )
    .join('');
}

function identity(plan: BrokerPlan): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': String(plan.nodeId),
    'controller.quorum.voters': plan.voters.map((voter) => `${voter.nodeId}@${HOST}:${voter.port}`).join(','),
    'log.dirs': plan.dataFolder,
  };
}

function listeners(plan: BrokerPlan): Record<string, string> {
  const bound = plan.listeners.map((each) => `${each.name}://${HOST}:${each.port}`);
  const protocols = plan.listeners.map((each) => `${each.name}:${each.protocol}`);
  return {
    listeners: [...bound, `CONTROLLER://${HOST}:${plan.controllerPort}`].join(','),
    'advertised.listeners': plan.listeners
      .map((each) => `${each.name}://${written(each.advertised)}`)
      .join(','),
    'listener.security.protocol.map': [...protocols, 'CONTROLLER:PLAINTEXT'].join(','),
    'inter.broker.listener.name': plan.listeners[0].name,
    'controller.listener.names': 'CONTROLLER',
  };
}

function replication(plan: BrokerPlan): Record<string, string> {
  const copies = String(plan.voters.length);
  const inSync = String(Math.min(2, plan.voters.length));
  return {
    'default.replication.factor': copies,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': inSync,
  };
}

const behaviour: Readonly<Record<string, string>> = {
  'auto.create.topics.enable': 'false',
  // The defaults, 8 and 3, are for machines with many cores: on few they mostly wake each other up.
  'num.io.threads': '2',
  'num.network.threads': '1',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.num.partitions': '1',
  'group.initial.rebalance.delay.ms': '0',
  // A broker that was killed may come back only when its former life has expired: nine seconds by default.
  'broker.session.timeout.ms': '4000',
  'broker.heartbeat.interval.ms': '500',
};

function written(address: Address): string {
  return `${address.host}:${address.port}`;
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
}
