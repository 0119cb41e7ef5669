export { buildErp as buildSimulator } from './simulated-erp.js';
