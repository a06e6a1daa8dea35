export default {
  customScripts: ['scripts/first-page']
};
