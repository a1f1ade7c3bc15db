import { describe, expect, it } from '@jest/globals';
import { isOpenAddress } from './open-address.js';

describe('an address', () => {
  it.each([
    'https://bank.example',
    'HTTPS://bank.example/v1',
    'http://localhost:4318',
    'http://127.0.0.1/v1',
  ])('is closed to others: %s', (address) => {
    expect(isOpenAddress(address)).toBe(false);
  });

  it.each([
    'http://bank.example',
    'collector:4317',
    'http://localhost.example',
    'http://localhost:x@bank.example',
    'http://127.0.0.1.example/',
  ])('is open to others: %s', (address) => {
    expect(isOpenAddress(address)).toBe(true);
  });
});
