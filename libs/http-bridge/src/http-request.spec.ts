import { describe, expect, it } from '@jest/globals';
import type { Command } from '#libs/messaging';
import { command, participant } from './command.fixture.js';
import type { HttpCommand, HttpParticipant } from './http-participant.js';
import { requestOf, type HttpRequest } from './http-request.js';

function requested(
  call: Partial<HttpCommand> = {},
  change: Partial<Command> = {},
  to: Partial<HttpParticipant> = {},
  token?: string,
): HttpRequest {
  const called = participant(call, to);
  return requestOf(called, called.calls.get('payment.charge')!, command(change), token);
}

describe('a command as a request', () => {
  it('has the data as its body and the operation as its key', () => {
    const { method, url, headers, body } = requested();

    expect(method).toBe('POST');
    expect(url.href).toBe('https://payment.example/api/v1/charges');
    expect(JSON.parse(body!)).toEqual({ orderId: 'o-1', amount: 7 });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': 'charge/1/do~k1.proof',
      'saga-id': command().saga,
    });
    expect(headers).not.toHaveProperty('authorization');
  });

  it('names the key as the contract says, and shows the token', () => {
    const { headers } = requested({}, {}, { idempotencyHeader: 'X-Request-Id' }, 'tok');

    expect(headers).toMatchObject({ 'x-request-id': 'charge/1/do~k1.proof', authorization: 'Bearer tok' });
    expect(headers).not.toHaveProperty('idempotency-key');
  });

  it('takes parts of the path from the data and leaves them out of the body', () => {
    const { url, body } = requested({ method: 'PUT', path: '/orders/{orderId}/charge' });

    expect(url.pathname).toBe('/api/orders/o-1/charge');
    expect(JSON.parse(body!)).toEqual({ amount: 7 });
  });

  it('asks by GET with the data as query and without a body', () => {
    const data = { orderId: 'a b&c', tags: ['x'] };
    const { url, body, headers } = requested({ method: 'GET', path: '/orders/{orderId}' }, { data });

    expect(url.href).toBe('https://payment.example/api/orders/a%20b%26c?tags=%5B%22x%22%5D');
    expect(body).toBeUndefined();
    expect(headers).not.toHaveProperty('content-type');
  });

  it('says what it undoes, what it asks about, and which trace it belongs to', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { headers } = requested({}, { compensates: 'a', verifies: 'b', trace: { traceparent } });

    expect(headers).toMatchObject({ 'saga-compensates': 'a', 'saga-verifies': 'b', traceparent });
  });

  it.each([[{}], [{ orderId: '' }], [{ orderId: null }], [{ orderId: '..' }], [{ orderId: '.' }], [null]])(
    'with data %j does not fill the path',
    (data) => {
      expect(() => requested({ path: '/orders/{orderId}' }, { data })).toThrow(
        'the path /orders/{orderId} needs "orderId"',
      );
    },
  );

  it('does not leave its path by a slash in the data', () => {
    const { url } = requested({ path: '/orders/{orderId}' }, { data: { orderId: '../admin?x=1#y' } });

    expect(url.pathname).toBe('/api/orders/..%2Fadmin%3Fx%3D1%23y');
  });
});
