export default {
  customScripts: ['scripts/end-of-life']
};
