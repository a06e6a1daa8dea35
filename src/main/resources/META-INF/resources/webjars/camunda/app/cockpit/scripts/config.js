export default {
  customScripts: ['../log-in']
};
