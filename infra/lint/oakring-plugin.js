// Rules of this repository that oxlint cannot express with its own.

/** `new Date()` and `Date()` read the machine's clock; `new Date(at)` only formats a time. */
const noCurrentDate = {
  create(context) {
    const message = 'The time comes from the injected Clock (@oakring/ports).';
    const isDate = ({ type, name }) => type === 'Identifier' && name === 'Date';
    return {
      NewExpression(node) {
        if (isDate(node.callee) && node.arguments.length === 0) context.report({ node, message });
      },
      CallExpression(node) {
        if (isDate(node.callee)) context.report({ node, message });
      },
    };
  },
};

/** `process.env`, however it is reached, outside the places that read settings. */
const noEnvironment = {
  create(context) {
    const message = 'Settings are read in config/ and passed on as a typed object.';
    const report = (node) => context.report({ node, message });
    const isEnv = ({ key, imported, local, property, computed }) => {
      const name = key ?? imported ?? local ?? property;
      return computed ? name.value === 'env' : name?.name === 'env';
    };
    const isProcess = (node) =>
      (node?.type === 'Identifier' && node.name === 'process') ||
      (node?.type === 'MemberExpression' && node.property.name === 'process');
    function checkImport({ source, specifiers }) {
      if (/^(node:)?process$/.test(source?.value)) specifiers.filter(isEnv).forEach(report);
    }
    return {
      MemberExpression(node) {
        if (isProcess(node.object) && isEnv(node)) report(node);
      },
      VariableDeclarator({ id, init }) {
        if (id.type === 'ObjectPattern' && isProcess(init))
          id.properties.filter(isEnv).forEach(report);
      },
      ImportDeclaration: checkImport,
      ExportNamedDeclaration: checkImport,
    };
  },
};

/** Few parameters. A constructor may take more: each is one part that Nest injects by its type. */
const maxParams = {
  meta: { schema: [{ type: 'object' }] },
  create(context) {
    const { functions, constructors } = context.options[0];
    function check(node) {
      const isConstructor =
        node.parent?.type === 'MethodDefinition' && node.parent.kind === 'constructor';
      const most = isConstructor ? constructors : functions;
      if (node.params.length <= most) return;
      context.report({
        node,
        message: `${node.params.length} parameters, at most ${most}: make those that belong together one.`,
      });
    }
    return {
      FunctionDeclaration: check,
      FunctionExpression: check,
      ArrowFunctionExpression: check,
    };
  },
};

/**
 * `counts[id] = …` on a plain object that may have any key: an id from outside may be a name that every object has
 * (`constructor`), and then what is read there was never written. Keys are counted in a Map, and
 * `Object.fromEntries` makes an object of it where one is wanted.
 */
const noGrownObject = {
  create(context) {
    const grown = new Set();
    const isEmpty = (node) => node?.type === 'ObjectExpression' && node.properties.length === 0;
    // A closed set of keys (`Record<Status, …>`) is ours; any text may be anybody's.
    const isOpen = (type) =>
      type === undefined ||
      (type.typeName?.name === 'Record' &&
        type.typeArguments?.params[0]?.type === 'TSStringKeyword');
    return {
      VariableDeclarator({ id, init }) {
        if (id.type !== 'Identifier' || !isEmpty(init)) return;
        if (isOpen(id.typeAnnotation?.typeAnnotation)) grown.add(id.name);
      },
      AssignmentExpression({ left }) {
        if (left.type !== 'MemberExpression' || !left.computed) return;
        if (left.property.type === 'Literal' || !grown.has(left.object.name)) return;
        const message = 'An object that grows by key is a Map (then Object.fromEntries).';
        context.report({ node: left, message });
      },
    };
  },
};

export default {
  meta: { name: 'oakring' },
  rules: {
    'no-current-date': noCurrentDate,
    'no-environment': noEnvironment,
    'max-params': maxParams,
    'no-grown-object': noGrownObject,
  },
};
