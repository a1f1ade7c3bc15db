export { defineContract, type Contract, type ContractCase, type ContractFactory, type ContractSubject } from './contract.js';
