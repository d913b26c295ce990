/** The messages and hints that the sources make, read with the TypeScript compiler. */
import { join, relative } from 'node:path'
import {
  type CallExpression,
  type Expression,
  type FunctionLikeDeclaration,
  type NewExpression,
  type Node,
  type ObjectLiteralExpression,
  type SourceFile,
  SyntaxKind,
} from 'typescript/unstable/ast'
import {
  isArrowFunction,
  isBinaryExpression,
  isBlock,
  isCallExpression,
  isConditionalExpression,
  isFunctionDeclaration,
  isIdentifier,
  isMethodDeclaration,
  isNewExpression,
  isNoSubstitutionTemplateLiteral,
  isObjectLiteralExpression,
  isParenthesizedExpression,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isShorthandPropertyAssignment,
  isSourceFile,
  isStringLiteral,
  isTemplateExpression,
  isVariableDeclaration,
  isVariableStatement,
} from 'typescript/unstable/ast/is'
import { API } from 'typescript/unstable/sync'
import { root } from './pages.ts'

export interface Told {
  /** Where it is made: file and line. */
  readonly place: string
  /** What is only known when it is made stands as a placeholder. */
  readonly message: string
  /** Empty: there is none. */
  readonly hint: string
}

/** Stands for a name, a number or a file. */
export const PLACEHOLDER = 'x'.repeat(16)

/** Texts that are known where an expression is read, by name. */
type Known = ReadonlyMap<string, string>

const NOTHING: Known = new Map()

/** Every error of lib/ and workers/, and every other value that has a hint. */
export function readMessages(): Told[] {
  const api = new API({ cwd: root })
  try {
    const config = join(root, 'tsconfig.json')
    const program = api.updateSnapshot({ openProject: config }).getProject(config)?.program
    const files = program?.getSourceFileNames() ?? []
    const sources = files.flatMap((file) => {
      const isOurs = /^(lib|workers)\//.test(relative(root, file))
      const source = isOurs ? program?.getSourceFile(file) : undefined
      return source === undefined ? [] : [source]
    })
    return messagesIn(sources)
  } finally {
    api.close()
  }
}

export function messagesIn(sources: readonly SourceFile[]): Told[] {
  const nodes = new Map(sources.map((source) => [source, allNodes(source)]))
  const constants = constantsIn([...nodes.values()].flat())
  const calls = [...nodes.values()].flat().filter(isCallExpression)
  return sources.flatMap((source) =>
    (nodes.get(source) ?? []).flatMap((node) => {
      const made = partsOf(node)
      if (made === undefined) return []
      const tell = (at: Node, known: Known): Told => ({
        place: placeOf(at),
        message: textOf(declared(made.message), known),
        hint: textOf(declared(made.hint), known),
      })
      const by = makerOf(node)
      // A call of `usageError` makes a message itself.
      const isOwn = by === undefined || by.name === 'usageError'
      const uses = isOwn ? [] : calls.filter((call) => isUse(call, by))
      const told = tell(node, constants)
      // What a caller hands in may be a part of the text.
      const others = uses.map((call) => tell(call, new Map([...constants, ...handedIn(call, by)])))
      return [
        told,
        ...others.filter(({ message, hint }) => message + hint !== told.message + told.hint),
      ]
    }),
  )
}

function allNodes(node: Node): Node[] {
  const found: Node[] = [node]
  node.forEachChild((child) => {
    found.push(...allNodes(child))
  })
  return found
}

/** Constants with a text, by name. */
function constantsIn(nodes: readonly Node[]): Known {
  const texts = new Map<string, string>()
  for (const node of nodes) {
    if (!isVariableDeclaration(node) || !isIdentifier(node.name)) continue
    if (!/^[A-Z][A-Z_]+$/.test(node.name.text)) continue
    const { initializer } = node
    if (initializer !== undefined && isText(initializer)) {
      texts.set(node.name.text, textOf(initializer, NOTHING))
    }
  }
  return texts
}

const isText = (node: Node) =>
  isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node) || isTemplateExpression(node)

interface Parts {
  readonly message: Expression | undefined
  readonly hint: Expression | undefined
}

/** Undefined: this makes no message. */
function partsOf(node: Node): Parts | undefined {
  if (isCallExpression(node) && nameOf(node) === 'usageError') {
    return { message: node.arguments[0], hint: node.arguments[1] }
  }
  if (isNewExpression(node) && nameOf(node) === 'TablesyncError') {
    const [message, detail] = node.arguments ?? []
    return {
      message,
      hint: detail && isObjectLiteralExpression(detail) ? hintIn(detail) : undefined,
    }
  }
  if (!isObjectLiteralExpression(node)) return undefined
  const { parent } = node
  if (isNewExpression(parent) && nameOf(parent) === 'TablesyncError') return undefined
  const hint = hintIn(node)
  return hint && { message: propertyOf(node, 'message'), hint }
}

const hintIn = (object: ObjectLiteralExpression) => propertyOf(object, 'hint')

function propertyOf({ properties }: ObjectLiteralExpression, name: string): Expression | undefined {
  for (const each of properties) {
    if (!isPropertyAssignment(each) && !isShorthandPropertyAssignment(each)) continue
    if (!isIdentifier(each.name) || each.name.text !== name) continue
    return isPropertyAssignment(each) ? each.initializer : each.name
  }
  return undefined
}

/** The name of what is called. */
function nameOf({ expression }: CallExpression | NewExpression): string {
  if (isIdentifier(expression)) return expression.text
  return isPropertyAccessExpression(expression) ? expression.name.text : ''
}

interface Maker {
  readonly name: string
  readonly source: SourceFile
  readonly isExported: boolean
  readonly parameters: FunctionLikeDeclaration['parameters']
}

/** The function with a name that a node stands in. */
function makerOf(node: Node): Maker | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    const named = namedFunction(at)
    if (named === undefined) continue
    const { name, statement, parameters } = named
    const isExported = statement.getText().startsWith('export ')
    return { name: name.getText(), source: node.getSourceFile(), isExported, parameters }
  }
  return undefined
}

function namedFunction(node: Node) {
  if (isFunctionDeclaration(node) || isMethodDeclaration(node)) {
    const { name, parameters } = node
    return name && { name, statement: node, parameters }
  }
  if (!isArrowFunction(node) || !isVariableDeclaration(node.parent)) return undefined
  const { name, parent: list } = node.parent
  return { name, statement: list.parent, parameters: node.parameters }
}

function isUse(call: CallExpression, { name, source, isExported }: Maker): boolean {
  return nameOf(call) === name && (isExported || call.getSourceFile() === source)
}

function handedIn(call: CallExpression, by: Maker | undefined): [string, string][] {
  return (by?.parameters ?? []).flatMap(({ name }, at): [string, string][] => {
    const given = call.arguments[at]
    if (!isIdentifier(name) || given === undefined) return []
    return [[name.text, textOf(given, NOTHING)]]
  })
}

/** What a name stands for, if it is declared around its use; anything else is itself. */
function declared(node: Expression | undefined): Expression | undefined {
  if (node === undefined || !isIdentifier(node)) return node
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (!isBlock(at) && !isSourceFile(at)) continue
    const found = at.statements
      .filter(isVariableStatement)
      .flatMap(({ declarationList }) => [...declarationList.declarations])
      .find(({ name }) => isIdentifier(name) && name.text === node.text)
    if (found?.initializer !== undefined) return found.initializer
  }
  return node
}

/** The longest text that an expression may have. */
function textOf(node: Expression | undefined, known: Known): string {
  if (node === undefined) return ''
  if (isStringLiteral(node) || isNoSubstitutionTemplateLiteral(node)) return node.text
  if (isParenthesizedExpression(node)) return textOf(node.expression, known)
  if (isConditionalExpression(node)) {
    return longest(textOf(node.whenTrue, known), textOf(node.whenFalse, known))
  }
  if (isTemplateExpression(node)) {
    const spans = node.templateSpans.map(
      ({ expression, literal }) => textOf(expression, known) + literal.text,
    )
    return node.head.text + spans.join('')
  }
  if (isBinaryExpression(node)) {
    const [left, right] = [textOf(node.left, known), textOf(node.right, known)]
    const isSum = node.operatorToken.kind === SyntaxKind.PlusToken
    return isSum ? left + right : longest(left, right)
  }
  if (isIdentifier(node))
    return node.text === 'undefined' ? '' : (known.get(node.text) ?? PLACEHOLDER)
  return PLACEHOLDER
}

const longest = (one: string, other: string) => (one.length < other.length ? other : one)

function placeOf(node: Node): string {
  const source = node.getSourceFile()
  const line = source.text.slice(0, node.getStart()).split('\n').length
  return `${relative(root, source.fileName)}:${line}`
}
