#!/usr/bin/env node
/** The command: argv in, exit code out. The only reader of `process`. */
import { closeSync, existsSync, readFileSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { endCredentialCommands } from './access/credential-command.ts'
import { asTablesyncError, type TablesyncError } from './errors.ts'
import { readPrices } from './files/prices-file.ts'
import type { Question } from './model/question.ts'
import { REVERT_EXIT_CODE } from './model/results/reverted-export.ts'
import { exitCodeOf, hasWorkLeft, type Summary } from './model/results/summary.ts'
import { newRunIdentity } from './model/run-identity.ts'
import { type CommandLine, parseArgv } from './options/argv.ts'
import { commandAsTyped } from './options/command-as-typed.ts'
import { forProgram, isEachTold, progressOf } from './options/command-line.ts'
import { commandToResume } from './options/command-to-resume.ts'
import { spellingWith } from './options/environment.ts'
import { refuseUnconsented } from './options/groups/create-options.ts'
import type { Page } from './options/help/asked-page.ts'
import { namedFiles } from './options/named-files.ts'
import type { Spelling } from './options/option.ts'
import { isDocumentAsked } from './process/asked-formats.ts'
import { logToFile, logToStderr } from './process/own-log.ts'
import { openTextOutput } from './process/pager.ts'
import { abortOnSignals } from './process/signals.ts'
import { redactOutput, silenceWarnings } from './process/standard-error.ts'
import { costOf } from './report/lines/bill-lines.ts'
import { loadWordDiff } from './report/lines/word-diff.ts'
import { printable } from './report/printable.ts'
import { askPerson } from './report/prompt.ts'
import { refusalOf } from './report/refusal.ts'
import { openResultStream } from './report/result-stream.ts'
import { shellWord } from './report/shell-word.ts'
import { threadFilesIn } from './run/threads/thread-files.ts'

const INCOMPLETE = 3

const THREADS = new URL('../workers/', import.meta.url)

/** Each is loaded when it is asked for. */
const COMMANDS = {
  sync: async () => (await import('./commands/sync.ts')).sync,
  undo: async () => (await import('./commands/undo.ts')).undo,
  apply: async () => (await import('./commands/apply.ts')).apply,
}

// First of all: whatever is written from here on has no secret in it.
const redaction = redactOutput()
let log = await logToStderr(redaction)
const result = openResultStream(process.stdout)

// Node up to 24 aborts at its end where a terminal has gone that it wants to restore.
const terminals = [0, 1, 2].filter((number) => isatty(number))
process.on('exit', () => {
  for (const number of terminals) if (!isatty(number)) closeSync(number)
})

process.on('exit', endCredentialCommands)

const identity = newRunIdentity()
const packageFile = new URL('../../package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }

// The SDK would print to stderr that it is going to drop this version of Node.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'

// What is thrown past all others, by a hook's timer maybe, says nothing of the tables.
process.on('uncaughtException', (thrown) => {
  const error = asTablesyncError(thrown)
  log.error(error)
  const code = codeOf(error)
  // Nothing waits any more: what is printed has to be out at once.
  if (isDocumentAsked()) writeAtOnce(documentText(refusalOf(error, identity)))
  process.exit(code)
})
// Before anything is loaded: what nobody listens to opens Node's debugger.
let askForStatus = tellBeginning
process.on('SIGUSR1', () => askForStatus())
process.exitCode = await main(process.argv.slice(2))
await log.screen.written()
// The work is done: whoever has not answered yet, or gone away, does not hold the command up.
process.exit()

async function main(argv: readonly string[]): Promise<number> {
  try {
    const parsed = parseArgv(argv, version, process.env)
    if ('text' in parsed) return await print(parsed.text, 0)
    if ('page' in parsed) return await printPage(parsed.page)
    const { command } = parsed
    if (command === 'show') return await showFile(parsed)
    if (command === 'revert') return await revertExport(parsed)
    if (parsed.talk.estimate) return await tellEstimate(parsed)
    return await carryOut(parsed, command)
  } catch (thrown) {
    const error = asTablesyncError(thrown)
    log.error(error)
    const code = codeOf(error)
    return isDocumentAsked() ? await printDocument(refusalOf(error, identity), code) : code
  }
}

/** What somebody reads who asked for help, or who gave nothing to do. */
async function printPage(page: Page): Promise<number> {
  const { pageText } = await import('./options/help/page-text.ts')
  if (page.kind !== 'welcome') return print(pageText(page), 0)
  for (const line of pageText(page).split('\n')) log.screen.say(line)
  return 2
}

async function carryOut(commandLine: CommandLine, command: keyof typeof COMMANDS): Promise<number> {
  const { options, talk } = commandLine
  const spelling = spellingWith(commandLine.fromEnvironment)
  const named = namedFiles(options, spelling)
  const isUnattended = !isTerminal() && !talk.yes
  refuseUnconsented(options, { isAsked: isAsked(commandLine), isUnattended }, spelling)
  const hooksFile = { [spelling('hooks')]: options.hooks }
  if (talk.logFile !== undefined) {
    const file = { file: talk.logFile, others: { ...named, ...hooksFile }, spelling }
    log = await logToFile(file, log, redaction)
  }
  const prices = talk.prices === undefined ? undefined : await readPrices(talk.prices, named)
  if (talk.quiet) silenceWarnings()
  const carriedOut = await COMMANDS[command]()
  const human = log.follow({
    verbosity: talk.quiet ? 'quiet' : talk.verbose ? 'verbose' : 'normal',
    progress: progressOf(commandLine, process.stdout.isTTY === true),
    showValues: options.showValues === true,
    tellsEach: isEachTold(commandLine),
    report: options.report,
    journal: options.journal,
    prices,
    wordDiff: options.showValues ? await loadWordDiff() : undefined,
  })
  askForStatus = human.status
  const { signal, restore, exitCode } = abortOnSignals(talk.quiet ? () => {} : tellEnding, () =>
    log.screen.clear(),
  )
  try {
    const summary = await carriedOut(
      {
        ...forProgram(options),
        signal,
        onProgress: human.onEvent,
        ...(isAsked(commandLine) && { confirm: (question) => ask(question, signal) }),
        ...(isEachTold(commandLine) && { onDifference: human.onDifference }),
      },
      {
        ...callerWith(spelling),
        print: result.print,
        command: {
          words: commandAsTyped(process.argv.slice(2), process.env),
          version,
        },
      },
    )
    human.conclude(summary)
    // A run that was ended at once has not come to save a checkpoint.
    const isSaved = options.checkpoint !== undefined && existsSync(options.checkpoint)
    if (!talk.quiet && isSaved && hasWorkLeft(summary)) tellResume(summary, commandLine)
    const code = summary.outcome === 'interrupted' ? exitCode() : exitCodeOf(summary.outcome)
    const cost = prices === undefined ? {} : { cost: costOf(summary, prices) }
    return talk.json ? await printDocument({ ...summary, ...cost }, code) : code
  } finally {
    askForStatus = tellBeginning
    human.close()
    restore()
  }
}

/** What every command has to know of who asks for it. */
function callerWith(spelling: Spelling) {
  return { spelling, threads: threadFilesIn(THREADS), identity, packageFile }
}

/** Prints what the run would take. */
async function tellEstimate({ options, talk, fromEnvironment }: CommandLine): Promise<number> {
  const { estimate } = await import('./commands/estimate.ts')
  const { estimateLines } = await import('./report/lines/estimate-lines.ts')
  const spelling = spellingWith(fromEnvironment)
  const caller = callerWith(spelling)
  const { estimateFrom: report, prices } = talk
  const estimated = await estimate(forProgram(options), caller, { report, prices })
  if (talk.json) return await printDocument({ version: 1, ...estimated }, 0)
  return await print(estimateLines(estimated).map(printable).join('\n'), 0)
}

/** Makes a journal of an export, and says how to go on. */
async function revertExport({ options, talk, fromEnvironment }: CommandLine): Promise<number> {
  const { revert } = await import('./commands/revert.ts')
  const { revertTalk } = await import('./report/lines/revert-lines.ts')
  const tell = (line: string) => (talk.quiet ? undefined : log.screen.say(line))
  const { onExport, onCounts, conclude } = revertTalk(tell)
  const { signal, restore, exitCode } = abortOnSignals(
    () => tell('Stopping. No journal is left.'),
    () => log.screen.clear(),
  )
  const caller = callerWith(spellingWith(fromEnvironment))
  try {
    const done = await revert({ ...forProgram(options), signal }, caller, { onExport, onCounts })
    conclude(done)
    const code = done.outcome === 'interrupted' ? exitCode() : REVERT_EXIT_CODE[done.outcome]
    return talk.json ? await printDocument(done, code) : code
  } finally {
    restore()
  }
}

/** Prints a file of an earlier run. */
async function showFile({ options, talk, fromEnvironment }: CommandLine): Promise<number> {
  const { show } = await import('./commands/show.ts')
  const output = await openTextOutput(!talk.json && process.stdout.isTTY === true, result.print)
  try {
    const line = (text: string) => output.line(printable(text))
    const spelling = spellingWith(fromEnvironment)
    const context = { spelling, output: { line }, asJson: talk.json, version }
    return await show(options, context)
  } finally {
    await output.close()
  }
}

function documentText(document: object): string {
  return printable(JSON.stringify(document, redaction.json))
}

function printDocument(document: object, code: number): Promise<number> {
  return print(documentText(document), code)
}

function writeAtOnce(text: string): void {
  try {
    writeSync(process.stdout.fd, `${text}\n`)
  } catch {
    // Nobody reads it: the exit code says it.
  }
}

/** Prints what a program reads; yields the exit code, which is never that of success where it could not. */
async function print(text: string, code: number): Promise<number> {
  try {
    await result.print(`${text}\n`)
    return code
  } catch (error) {
    log.error(asTablesyncError(error))
    return Math.max(code, INCOMPLETE)
  }
}

/** Whether there is somebody to ask, before deletions for example. */
function isAsked({ talk }: CommandLine): boolean {
  return !talk.yes && isTerminal()
}

function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

/** Asks whoever sits at the terminal. */
function ask(question: Question, signal: AbortSignal): Promise<boolean> {
  const { pid, stdin: input, stderr: output } = process
  const { screen } = log
  const onInterrupt = () => process.kill(pid, 'SIGINT')
  return askPerson(question, { input, output, screen, signal, onInterrupt })
}

/** The command that goes on, ready to paste. */
function tellResume({ stopped }: Summary, { fromEnvironment }: CommandLine): void {
  const words = commandToResume(process.argv.slice(2), stopped?.safeguard, fromEnvironment)
  log.screen.say(`        to resume: ${words.map(shellWord).join(' ')}`)
}

function tellBeginning(): void {
  log.screen.say('reading table descriptions')
}

function tellEnding(): void {
  log.screen.say('Stopping after in-flight pages. Press Ctrl-C again to exit now.')
}

/** Set-up errors are the user's to mend; the unforeseen is ours. */
function codeOf({ code }: TablesyncError): number {
  return code === 'INTERNAL' ? INCOMPLETE : 2
}
