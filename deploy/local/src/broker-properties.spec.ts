import { describe, expect, it } from '@jest/globals';
import { brokerProperties, formatProperties, type BrokerPlan } from './broker-properties.js';

const plain = {
  name: 'PLAINTEXT',
  protocol: 'PLAINTEXT',
  port: 20_001,
  advertised: { host: '127.0.0.1', port: 20_001 },
};

const plan = (changes: Partial<BrokerPlan> = {}): BrokerPlan => ({
  nodeId: 1,
  dataFolder: '/data/1',
  controllerPort: 20_000,
  voters: [{ nodeId: 1, port: 20_000 }],
  listeners: [plain],
  overrides: {},
  ...changes,
});

describe('the properties of a single broker', () => {
  it('keep one copy of everything', () => {
    expect(brokerProperties(plan())).toMatchObject({
      'default.replication.factor': '1',
      'offsets.topic.replication.factor': '1',
      'min.insync.replicas': '1',
    });
  });

  it('listen for clients and for the quorum', () => {
    expect(brokerProperties(plan())).toMatchObject({
      listeners: 'PLAINTEXT://127.0.0.1:20001,CONTROLLER://127.0.0.1:20000',
      'controller.quorum.voters': '1@127.0.0.1:20000',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    });
  });

  it('yield to overrides', () => {
    const overrides = { 'auto.create.topics.enable': 'true' };

    expect(brokerProperties(plan({ overrides }))['auto.create.topics.enable']).toBe('true');
  });
});

describe('the properties of one broker of three', () => {
  const voters = [1, 2, 3].map((nodeId) => ({ nodeId, port: 20_000 + nodeId * 10 }));

  it('keep three copies, two of them in step', () => {
    expect(brokerProperties(plan({ voters }))).toMatchObject({
      'default.replication.factor': '3',
      'transaction.state.log.replication.factor': '3',
      'min.insync.replicas': '2',
      'transaction.state.log.min.isr': '2',
    });
  });
});

describe('a listener behind a proxy', () => {
  it('listens on one address and advertises the other', () => {
    const behind = {
      name: 'PROXY',
      protocol: 'PLAINTEXT',
      port: 20_002,
      advertised: { host: '127.0.0.1', port: 30_000 },
    };
    const properties = brokerProperties(plan({ listeners: [plain, behind] }));

    expect(properties['listeners']).toContain('PROXY://127.0.0.1:20002');
    expect(properties['advertised.listeners']).toBe('PLAINTEXT://127.0.0.1:20001,PROXY://127.0.0.1:30000');
    expect(properties['inter.broker.listener.name']).toBe('PLAINTEXT');
  });
});

describe('a properties file', () => {
  it('has a line for each property', () => {
    expect(formatProperties({ a: '1', b: 'x=y:z' })).toBe('a=1\nb=x=y:z\n');
  });

  it('escapes what Java would read otherwise', () => {
    expect(formatProperties({ 'a b:c': ' C:\\kafka\n2' })).toBe('a\\ b\\:c=\\ C:\\\\kafka\\n2\n');
  });
});
