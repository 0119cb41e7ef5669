import { runSimulator } from '../simulator/run-simulator.js';
import { buildPortal } from './simulated-portal.js';

await runSimulator(buildPortal);
