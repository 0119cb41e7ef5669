export { buildOldShop as buildSimulator } from './simulated-shop.js';
