/**
 * A shipping service on kafkajs and pg, written from the page of the protocol alone. It runs until SIGTERM.
 *
 * KAFKA_BROKERS, DATABASE_URL   where broker and database are
 * REDELIVER, SEED               share of records that are worked on once more, and the seed that chooses them
 */
/* oxlint-disable no-restricted-properties -- somebody else's service: it has no clock of ours */
import process from 'node:process';
import kafkajs from 'kafkajs';
import pg from 'pg';

const hour = 3_600_000;
const memoryMs = 14 * 24 * hour;
const topic = 'shipping.commands';
const laterMs = 1_000;
const traceNames = ['traceparent', 'tracestate', 'baggage'];

const tables = `
create schema if not exists shipping;
create table if not exists shipping.operation (op text primary key, attempt int, state text, answer json, fenced_by text);
create table if not exists shipping.ledger (order_id text, operation text, postcode text, carrier text);
create table if not exists shipping.later (operation text primary key, command json, due_at timestamptz)`;
const claimSql = `insert into shipping.operation (op, attempt, state) values ($1, $2, 'running')
  on conflict (op) do update set attempt = excluded.attempt, state = 'running', answer = null
  where operation.state in ('failed', 'fenced') and operation.attempt < excluded.attempt returning 1`;
const fenceSql = `insert into shipping.operation (op, attempt, state, fenced_by) values ($1, 1, 'fenced', $2)
  on conflict (op) do update set attempt = operation.attempt + 1, state = 'fenced', answer = null, fenced_by = $2
  where operation.state in ('failed', 'fenced') and operation.fenced_by is distinct from $2`;
const states = { succeeded: 'done', rejected: 'rejected', failed: 'failed', accepted: 'running' };

const succeeded = (body = null) => ({ outcome: 'succeeded', body });
const rejected = (error) => ({ outcome: 'rejected', error, body: null });
const failed = (error) => ({ outcome: 'failed', error, body: null });
const accepted = () => ({ outcome: 'accepted', body: null });

const { env } = process;
const pool = new pg.Pool({ connectionString: env.DATABASE_URL, max: 4 });
const kafka = new kafkajs.Kafka({
  clientId: 'shipping',
  brokers: env.KAFKA_BROKERS.split(','),
  logLevel: kafkajs.logLevel.NOTHING,
});
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
const consumer = kafka.consumer({ groupId: 'shipping', sessionTimeout: 6_000, maxWaitTimeInMs: 100 });
const chance = seeded(Number(env.SEED ?? 1));
const share = Number(env.REDELIVER ?? 0);
const recent = [];

async function transaction(work) {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work((text, values) => client.query(text, values).then(({ rows }) => rows[0]));
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}

const load = (sql, op) => sql('select * from shipping.operation where op = $1', [op]);
const claim = async (sql, command) => (await sql(claimSql, [command.op, command.attempt])) !== undefined;
const store = (sql, op, answer, state = states[answer.outcome]) =>
  sql('update shipping.operation set state = $2, answer = $3 where op = $1', [
    op,
    state,
    JSON.stringify(answer),
  ]);

async function answerTo(command) {
  if (command.time < Date.now() - memoryMs + hour) return failed('too-old');
  if (command.verifies !== undefined) return verify(command);
  try {
    return await transaction(async (sql) => {
      if (!(await claim(sql, command))) return fromMemory(await load(sql, command.op));
      const [answer, state] = await carryOut(sql, command);
      await store(sql, command.op, answer, state);
      return answer;
    });
  } catch (error) {
    say(`failed: ${error.message}`);
    return transaction(async (sql) => {
      if (await claim(sql, command)) await store(sql, command.op, failed('broken'));
      return fromMemory(await load(sql, command.op));
    });
  }
}

async function carryOut(sql, command) {
  if (command.deadline !== undefined && Date.now() > command.deadline) return [failed('too-late'), 'fenced'];
  if (command.type !== 'shipping.arrange') return [failed('unknown-command')];
  const { postcode } = command.body;
  if (postcode.startsWith('00')) return [rejected('no-carrier')];
  if (!postcode.endsWith('~later')) return [await arrange(sql, command)];
  const due = new Date(Date.now() + laterMs);
  await sql('insert into shipping.later values ($1, $2, $3)', [command.op, JSON.stringify(command), due]);
  return [accepted()];
}

async function arrange(sql, { op, body: { orderId, postcode } }) {
  const [plain] = postcode.split('~');
  await sql('insert into shipping.ledger values ($1, $2, $3, $4)', [orderId, op, plain, 'stranger-parcel']);
  return succeeded({ carrier: 'stranger-parcel', trackingCode: `tracking-${orderId}` });
}

async function verify({ verifies, id, saga }) {
  const row = await transaction(async (sql) => {
    const isOld = Number.parseInt(saga.replace('-', '').slice(0, 12), 16) < Date.now() - memoryMs;
    if (isOld && (await load(sql, verifies)) === undefined) return undefined;
    await sql(fenceSql, [verifies, id]);
    return load(sql, verifies);
  });
  if (row === undefined) return failed('too-old');
  if (row.state === 'done') return row.answer;
  return row.state === 'running' ? accepted() : rejected('not-done');
}

function fromMemory({ state, answer }) {
  return state === 'undone' ? rejected('undone') : (answer ?? failed('fenced'));
}

/** What was accepted is arranged once its time has come, unless something else became of it. */
async function arrangeDue() {
  const due = await pool.query('select command from shipping.later where due_at <= now()');
  for (const { command } of due.rows) {
    const answer = await transaction(async (sql) => {
      await sql('delete from shipping.later where operation = $1', [command.op]);
      const row = await sql('select state from shipping.operation where op = $1 for update', [command.op]);
      if (row.state !== 'running') return undefined;
      const result = await arrange(sql, command);
      await store(sql, command.op, result);
      return result;
    });
    if (answer !== undefined) await send(command, answer);
  }
}

function read({ headers = {}, value }) {
  const text = (name) => {
    if (headers[name] === undefined) throw new Error(`header ${name} is missing`);
    return headers[name].toString();
  };
  const optional = (name) => headers[name]?.toString();
  const deadline = optional('saga-deadline');
  return {
    saga: text('ce_correlationid'),
    op: text('saga-operation'),
    attempt: Number(text('saga-attempt')),
    id: text('ce_id'),
    type: text('ce_type'),
    time: Date.parse(text('ce_time')),
    verifies: optional('saga-verifies'),
    ...(deadline === undefined ? {} : { deadline: Date.parse(deadline) }),
    replyTo: text('saga-reply-to'),
    replyPartition: Number(text('saga-reply-partition')),
    trace: Object.fromEntries(traceNames.filter((name) => headers[name]).map((name) => [name, text(name)])),
    body: value === null || value.length === 0 ? null : JSON.parse(value.toString()),
  };
}

async function send(command, { outcome, error, body }) {
  const headers = {
    ce_specversion: '1.0',
    ce_id: `${command.id}.${outcome}`,
    ce_source: '/participants/shipping',
    ce_type: `${command.type}.${outcome}`,
    ce_time: new Date().toISOString(),
    ce_correlationid: command.saga,
    ce_causationid: command.id,
    'saga-operation': command.op,
    'saga-outcome': outcome,
    ...(error === undefined ? {} : { 'saga-error': error }),
    ...command.trace,
  };
  const message = {
    key: command.saga,
    value: JSON.stringify(body),
    headers,
    partition: command.replyPartition,
  };
  await producer.send({ topic: command.replyTo, acks: -1, messages: [message] });
}

async function workOn(message) {
  let command;
  try {
    command = read(message);
  } catch (error) {
    say(`unreadable record at offset ${message.offset}: ${error.message}`);
    return;
  }
  await send(command, await answerTo(command));
}

async function main() {
  await pool.query(tables);
  await producer.connect();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  consumer.on(consumer.events.GROUP_JOIN, () => say('the stranger is ready'));
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      await workOn(message);
      recent.push(message);
      if (recent.length > 50) recent.shift();
      if (chance() < share) {
        say('worked on once more');
        await workOn(recent[Math.floor(chance() * recent.length)]);
      }
      await consumer.commitOffsets([{ topic, partition, offset: String(Number(message.offset) + 1) }]);
    },
  });
  let turn = Promise.resolve();
  const later = setInterval(() => {
    turn = turn.then(arrangeDue).catch((error) => say(`later: ${error.message}`));
  }, 250);
  process.once('SIGTERM', () => {
    clearInterval(later);
    void turn
      .then(() => consumer.disconnect())
      .then(() => producer.disconnect())
      .then(() => pool.end());
  });
}

/** A small generator of repeatable chance. */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

await main();
