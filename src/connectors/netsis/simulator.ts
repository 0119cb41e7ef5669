export { buildNetsis as buildSimulator } from './simulated-netsis.js';
