export { buildWarehouse as buildSimulator } from './simulated-warehouse.js';
