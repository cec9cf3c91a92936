// Loaded by `import()` where a file of YAML is read or written. Not the package itself: in the bundle what is loaded so has
// its names under `default` alone, because it is CommonJS.
export {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  stringify,
} from 'yaml';
