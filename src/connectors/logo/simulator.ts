export { buildLogo as buildSimulator } from './simulated-logo.js';
