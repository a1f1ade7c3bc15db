"""A payment service on librdkafka and sqlite, written from the page of the protocol alone.

It runs until SIGTERM. `payment.py ledger` prints what it has booked, one JSON object a line.

KAFKA_BROKERS   where the broker is
MEMORY_FILE     sqlite file that holds operations and ledger
PARTITIONS      asked: answers go where the command says; own: librdkafka's partitioner decides (CRC32 of the key)
REDELIVER, SEED share of records that are worked on once more, and the seed that chooses them
"""

import json
import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import contextmanager
from datetime import datetime, timezone

HOUR = 3600.0
MEMORY = 14 * 24 * HOUR
TOPIC = "payment.commands"
SOURCE = "/participants/payment"
TRACE = ("traceparent", "tracestate", "baggage")

TABLES = """
create table if not exists operation (op text primary key, attempt int, state text, answer text, fenced_by text);
create table if not exists ledger (order_id text, operation text, kind text, card text, amount int);
"""
CLAIM = """insert into operation (op, attempt, state) values (:op, :attempt, 'running')
  on conflict (op) do update set attempt = excluded.attempt, state = 'running', answer = null
  where operation.state in ('failed', 'fenced') and operation.attempt < excluded.attempt returning 1"""
FENCE = """insert into operation (op, attempt, state, fenced_by) values (:verifies, 1, 'fenced', :id)
  on conflict (op) do update set attempt = operation.attempt + 1, state = 'fenced', answer = null, fenced_by = :id
  where operation.state in ('failed', 'fenced') and operation.fenced_by is not :id"""
STATES = {"succeeded": "done", "rejected": "rejected", "failed": "failed", "accepted": "running"}


class Memory:
    """Operations and ledger, in one database and so in one transaction."""

    def __init__(self, file):
        self.db = sqlite3.connect(file, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("pragma journal_mode = wal")
        self.db.executescript(TABLES)

    @contextmanager
    def transaction(self):
        self.db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.db.execute("rollback")
            raise
        self.db.execute("commit")

    def sql(self, statement, **values):
        return self.db.execute(statement, values).fetchone()

    def load(self, op):
        return self.sql("select * from operation where op = :op", op=op)

    def claim(self, command):
        return self.sql(CLAIM, op=command["op"], attempt=command["attempt"]) is not None

    def store(self, op, result, state=None):
        values = {"op": op, "state": state or STATES[result["outcome"]], "answer": json.dumps(result)}
        self.sql("update operation set state = :state, answer = :answer where op = :op", **values)


def succeeded(body=None):
    return {"outcome": "succeeded", "body": body}


def rejected(error):
    return {"outcome": "rejected", "error": error, "body": None}


def failed(error):
    return {"outcome": "failed", "error": error, "body": None}


def accepted():
    return {"outcome": "accepted", "body": None}


def answer(memory, command):
    if command["time"] < time.time() - MEMORY + HOUR:
        return failed("too-old")
    if command["verifies"]:
        return verify(memory, command)
    if command["compensates"] and is_old_saga(command) and memory.load(command["compensates"]) is None:
        return failed("too-old")
    try:
        with memory.transaction():
            if not memory.claim(command):
                return from_memory(memory.load(command["op"]))
            result, state = carry_out(memory, command)
            memory.store(command["op"], result, state)
        return result
    except Exception as error:  # rolled back: nothing happened
        print(f"failed: {error}", flush=True)
        with memory.transaction():
            if memory.claim(command):
                memory.store(command["op"], failed(type(error).__name__.lower()))
            return from_memory(memory.load(command["op"]))


def carry_out(memory, command):
    if command["deadline"] and time.time() > command["deadline"]:
        return failed("too-late"), "fenced"
    if not command["compensates"]:
        return charge(memory, command), None
    undone = command["compensates"]
    memory.sql("insert into operation (op, attempt, state) values (:op, 0, 'new') on conflict do nothing", op=undone)
    before = memory.load(undone)
    memory.sql("update operation set state = 'undone' where op = :op", op=undone)
    return (refund(memory, command) if before["state"] in ("done", "running") else succeeded({"amount": 0})), None


def verify(memory, command):
    asked = command["verifies"]
    if is_old_saga(command) and memory.load(asked) is None:
        return failed("too-old")
    with memory.transaction():
        memory.sql(FENCE, verifies=asked, id=command["id"])
        row = memory.load(asked)
    if row["state"] == "done":
        return json.loads(row["answer"])
    return accepted() if row["state"] == "running" else rejected("not-done")


def from_memory(row):
    if row["state"] == "undone":
        return rejected("undone")
    return json.loads(row["answer"]) if row["answer"] else failed("fenced")


def is_old_saga(command):
    started = int(command["saga"].replace("-", "")[:12], 16) / 1000
    return started < time.time() - MEMORY


def charge(memory, command):
    if command["type"] != "payment.charge":
        return failed("unknown-command")
    order, amount = command["body"]["orderId"], command["body"]["total"]
    card = command["body"]["card"].split("~")[0]
    if card == "declined":
        return rejected("card-declined")
    if card == "expired":
        return rejected("card-expired")
    book(memory, order, command["op"], "charge", card, amount)
    return succeeded({"chargeId": f"charge-{order}", "amount": amount})


def refund(memory, command):
    charged = memory.sql(
        "select * from ledger where operation = :op and kind = 'charge'", op=command["compensates"]
    )
    book(memory, charged["order_id"], command["op"], "refund", charged["card"], charged["amount"])
    return succeeded({"amount": charged["amount"]})


def book(memory, order, op, kind, card, amount):
    memory.sql(
        "insert into ledger (order_id, operation, kind, card, amount) values (:order, :op, :kind, :card, :amount)",
        order=order, op=op, kind=kind, card=card, amount=amount,
    )


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() if text else None


def read(record):
    headers = {name: value.decode() for name, value in record.headers() or []}
    return {
        "saga": headers["ce_correlationid"],
        "op": headers["saga-operation"],
        "attempt": int(headers["saga-attempt"]),
        "id": headers["ce_id"],
        "type": headers["ce_type"],
        "time": seconds(headers["ce_time"]),
        "deadline": seconds(headers.get("saga-deadline")),
        "compensates": headers.get("saga-compensates"),
        "verifies": headers.get("saga-verifies"),
        "reply_to": headers["saga-reply-to"],
        "reply_partition": int(headers["saga-reply-partition"]),
        "trace": {name: headers[name] for name in TRACE if name in headers},
        "body": json.loads(record.value() or b"null"),
    }


def reply_headers(command, result):
    headers = {
        "ce_specversion": "1.0",
        "ce_id": f"{command['id']}.{result['outcome']}",
        "ce_source": SOURCE,
        "ce_type": f"{command['type']}.{result['outcome']}",
        "ce_time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
        "ce_correlationid": command["saga"],
        "ce_causationid": command["id"],
        "saga-operation": command["op"],
        "saga-outcome": result["outcome"],
        **command["trace"],
    }
    if "error" in result:
        headers["saga-error"] = result["error"]
    return headers


class Service:
    def __init__(self, env):
        from confluent_kafka import Consumer, Producer

        brokers = {"bootstrap.servers": env["KAFKA_BROKERS"]}
        self.memory = Memory(env["MEMORY_FILE"])
        self.is_asked = env.get("PARTITIONS", "asked") == "asked"
        self.share = float(env.get("REDELIVER", "0"))
        self.chance = random.Random(int(env.get("SEED", "1")))
        self.recent = []
        self.errors = []
        self.producer = Producer({**brokers, "acks": "all", "linger.ms": 0})
        self.consumer = Consumer(
            {**brokers, "group.id": "payment", "enable.auto.commit": False, "auto.offset.reset": "earliest",
             "session.timeout.ms": 6000}
        )
        self.running = True
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "running", False))

    def run(self):
        self.consumer.subscribe([TOPIC], on_assign=lambda *_: print("the stranger is ready", flush=True))
        while self.running:
            record = self.consumer.poll(0.2)
            if record is None:
                continue
            if record.error():
                print(f"consumer: {record.error()}", flush=True)
                continue
            self.work_on(record)
            self.recent = [*self.recent[-49:], record]
            if self.chance.random() < self.share:
                print("worked on once more", flush=True)
                self.work_on(self.chance.choice(self.recent))
            self.consumer.commit(message=record, asynchronous=False)
        self.consumer.close()

    def work_on(self, record):
        try:
            command = read(record)
        except (KeyError, ValueError) as error:
            print(f"unreadable record at {record.partition()}/{record.offset()}: {error}", flush=True)
            return
        self.send(command, answer(self.memory, command))

    def send(self, command, result):
        where = {"partition": command["reply_partition"]} if self.is_asked else {}
        self.producer.produce(
            command["reply_to"], key=command["saga"], value=json.dumps(result["body"]),
            headers=reply_headers(command, result), on_delivery=self.delivered, **where,
        )
        self.producer.flush()
        if self.errors:
            raise SystemExit(f"an answer was not taken: {self.errors[0]}")

    def delivered(self, error, _message):
        if error is not None:
            self.errors.append(error)


def print_ledger(file):
    for row in Memory(file).db.execute("select * from ledger"):
        print(json.dumps(dict(row)))


if sys.argv[1:] == ["ledger"]:
    print_ledger(os.environ["MEMORY_FILE"])
else:
    Service(os.environ).run()
