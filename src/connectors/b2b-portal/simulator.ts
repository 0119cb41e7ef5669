export { buildPortal as buildSimulator } from './simulated-portal.js';
