export default {
  customScripts: ['../log-in', 'scripts/end-of-life']
};
