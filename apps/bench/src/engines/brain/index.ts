export { brain } from "./brain.js";
