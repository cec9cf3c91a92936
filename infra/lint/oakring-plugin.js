// @ts-check
// Rules of this repository that oxlint cannot express with its own. JavaScript, because the linter loads
// them as they lie there, and the oldest Node that is supported strips no types.

import { analyse } from 'scslre';

/** @typedef {Parameters<import('oxlint/plugins-dev').RuleTester['run']>[1]} AnyRule */
/** @typedef {Exclude<AnyRule, { createOnce: unknown }>} Rule */
/** @typedef {ReturnType<Rule['create']>} Visitor */
/**
 * @template {keyof Visitor} K
 * @typedef {Parameters<NonNullable<Visitor[K]>>[0]} NodeOf
 */
/** @typedef {NodeOf<'Identifier'>['parent']} Node */

/** `new Date()` and `Date()` read the machine's clock; `new Date(at)` only formats a time. @type {Rule} */
const noCurrentDate = {
  create(context) {
    const message = 'The time comes from the injected Clock (@oakring/ports).';
    /** @param {Node} node */
    const isDate = (node) => node.type === 'Identifier' && node.name === 'Date';
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

/** `process.env`, however it is reached, outside the places that read settings. @type {Rule} */
const noEnvironment = {
  create(context) {
    const message = 'Settings are read in config/ and passed on as a typed object.';
    /** @param {Node} node */
    const report = (node) => context.report({ node, message });
    /** @param {NodeOf<'ImportDeclaration'> | NodeOf<'ExportNamedDeclaration'>} node */
    function checkImport({ source, specifiers }) {
      if (!/^(node:)?process$/.test(source?.value ?? '')) return;
      for (const each of specifiers) if (takenName(each) === 'env') report(each);
    }
    return {
      MemberExpression(node) {
        if (isProcess(node.object) && takenName(node) === 'env') report(node);
      },
      VariableDeclarator({ id, init }) {
        if (id.type !== 'ObjectPattern' || init === null || !isProcess(init)) return;
        for (const each of id.properties) if (takenName(each) === 'env') report(each);
      },
      ImportDeclaration: checkImport,
      ExportNamedDeclaration: checkImport,
    };
  },
};

/** `process`, or a member of that name of something. @param {Node} node */
function isProcess(node) {
  return (
    (node.type === 'Identifier' && node.name === 'process') ||
    (node.type === 'MemberExpression' && takenName(node) === 'process')
  );
}

/**
 * What a member, a pattern or an import takes out of an object or a module; undefined where only a
 * running program knows.
 *
 * @param {Node} node
 */
function takenName(node) {
  switch (node.type) {
    case 'MemberExpression':
      return nameIn(node.property, node.computed);
    case 'Property':
      return nameIn(node.key, node.computed);
    case 'ImportSpecifier':
      return nameIn(node.imported, false);
    case 'ExportSpecifier':
      return nameIn(node.local, false);
    default:
      return undefined;
  }
}

/** @param {Node} node @param {boolean} computed */
function nameIn(node, computed) {
  if (node.type === 'Literal') return node.value;
  return node.type === 'Identifier' && !computed ? node.name : undefined;
}

/** Few parameters. A constructor may take more: each is one part that Nest injects by its type. @type {Rule} */
const maxParams = {
  meta: { schema: [{ type: 'object' }] },
  create(context) {
    const { functions, constructors } =
      /** @type {Record<'functions' | 'constructors', number>} */ (context.options[0]);
    /** @param {NodeOf<'FunctionDeclaration'> | NodeOf<'ArrowFunctionExpression'>} node */
    function check(node) {
      const isConstructor =
        node.parent.type === 'MethodDefinition' && node.parent.kind === 'constructor';
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
 *
 * @type {Rule}
 */
const noGrownObject = {
  create(context) {
    const grown = new Set();
    return {
      VariableDeclarator({ id, init }) {
        if (id.type !== 'Identifier' || init?.type !== 'ObjectExpression') return;
        if (init.properties.length === 0 && isOpen(id.typeAnnotation?.typeAnnotation))
          grown.add(id.name);
      },
      AssignmentExpression({ left }) {
        if (left.type !== 'MemberExpression' || !left.computed) return;
        const { object, property } = left;
        if (property.type === 'Literal' || object.type !== 'Identifier') return;
        if (!grown.has(object.name)) return;
        const message = 'An object that grows by key is a Map (then Object.fromEntries).';
        context.report({ node: left, message });
      },
    };
  },
};

/**
 * A closed set of keys (`Record<Status, …>`) is ours; any text may be anybody's.
 *
 * @param {Node | undefined} type
 */
function isOpen(type) {
  if (type === undefined) return true;
  if (type.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return false;
  return (
    type.typeName.name === 'Record' && type.typeArguments?.params[0]?.type === 'TSStringKeyword'
  );
}

/**
 * A regular expression that takes a text of a thousand signs a million steps, or more: whoever may send the text may keep
 * a program busy with it. What could be matched in several ways is written so that there is one.
 *
 * @type {Rule}
 */
const noSlowRegexp = {
  create(context) {
    /** @param {NodeOf<'Literal'> | NodeOf<'NewExpression'>} node @param {{ source: string, flags: string }} regexp */
    function check(node, regexp) {
      const { reports } = analyse(regexp, { reportTypes: { Move: true, Self: true, Trade: true } });
      const [found] = reports;
      if (found === undefined) return;
      const part = found.type === 'Trade' ? [found.startQuant, found.endQuant] : [found.quant];
      const where = part.map(({ raw }) => raw).join(' and ');
      const grows = found.exponential ? 'exponentially' : 'by the square';
      context.report({
        node,
        message: `It takes longer ${grows} with its text: ${where} of /${regexp.source}/.`,
      });
    }
    return {
      Literal(node) {
        if ('regex' in node && node.regex !== undefined) {
          check(node, { source: node.regex.pattern, flags: node.regex.flags });
        }
      },
      NewExpression(node) {
        const [source, flags] = node.arguments;
        if (node.callee.type !== 'Identifier' || node.callee.name !== 'RegExp') return;
        if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
        const given = flags?.type === 'Literal' ? String(flags.value) : '';
        check(node, { source: source.value, flags: given });
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
    'no-slow-regexp': noSlowRegexp,
  },
};
