import { Controller, Module } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';
import { CoordinatorServer } from './coordinator-server.js';

class RecordedCoordinator {
  readonly calls: string[] = [];

  constructor(private readonly failure?: Error) {}

  start(): Promise<void> {
    this.calls.push('start');
    return this.failure === undefined ? Promise.resolve() : Promise.reject(this.failure);
  }

  stop(): Promise<void> {
    this.calls.push('stop');
    return Promise.resolve();
  }
}

@Controller()
class OrderController {
  @MessagePattern('order.place')
  place(): null {
    return null;
  }
}

@Module({ controllers: [OrderController] })
class ShopModule {}

async function givenApplication(coordinator: RecordedCoordinator) {
  const strategy = new CoordinatorServer(coordinator);
  const module = await Test.createTestingModule({ imports: [ShopModule] }).compile();
  const app = module.createNestMicroservice({ strategy });
  app.useLogger(false);
  return { app, strategy };
}

describe('the inputs of a coordinator', () => {
  it('flow while the application listens', async () => {
    const coordinator = new RecordedCoordinator();
    const { app } = await givenApplication(coordinator);

    expect(coordinator.calls).toEqual([]);
    await app.listen();
    expect(coordinator.calls).toEqual(['start']);
    await app.close();

    expect(coordinator.calls).toEqual(['start', 'stop']);
  });

  it('keep the application from listening when they cannot be read', async () => {
    const { app } = await givenApplication(new RecordedCoordinator(new Error('no broker answers')));

    await expect(app.listen()).rejects.toThrow('no broker answers');
    await app.close();
  });

  it('tell their status', async () => {
    const { app, strategy } = await givenApplication(new RecordedCoordinator());
    const told: string[] = [];
    strategy.status.subscribe((status) => told.push(status));

    await app.listen();
    await app.close();

    expect(told).toEqual(['joining', 'running', 'stopped']);
  });

  it('pass by the handlers of the application', async () => {
    const { app, strategy } = await givenApplication(new RecordedCoordinator());

    await app.listen();
    await app.close();

    expect(strategy.getHandlers().size).toBe(0);
  });

  it('give the coordinator to who asks for it', async () => {
    const coordinator = new RecordedCoordinator();

    expect(new CoordinatorServer(coordinator).unwrap()).toBe(coordinator);
  });
});
