export default {
  customScripts: ['../log-in', '../panels']
};
