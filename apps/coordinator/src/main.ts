import 'reflect-metadata';
import { runCoordinator } from './run-coordinator.js';

runCoordinator();
