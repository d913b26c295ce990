#!/usr/bin/env node
/** The command: argv in, exit code out. Only it, `cli/` and `process/` know `process`. */
import { closeSync, readFileSync } from 'node:fs'
import { isatty } from 'node:tty'
import { endCredentialCommands } from './access/credential-command.ts'
import { carryOut } from './cli/carry-out.ts'
import { carryOutFolder } from './cli/carry-out-folder.ts'
import type { CommandContext } from './cli/command-context.ts'
import { comparePairs } from './cli/compare-pairs.ts'
import { carryOutFingerprint } from './cli/fingerprint/carry-out-fingerprint.ts'
import { consentOf } from './cli/person.ts'
import { revertExport } from './cli/revert-export.ts'
import { carryOutShard } from './cli/shards/carry-out-shard.ts'
import { mergeRunOfShards } from './cli/shards/merge-run.ts'
import { planRunOfShards } from './cli/shards/plan-run.ts'
import { showFile } from './cli/show-file.ts'
import { tellEstimate } from './cli/tell-estimate.ts'
import { type ConfiguredCommandLine, configured } from './config/configured-command-line.ts'
import { asTablesyncError, type TablesyncError } from './errors.ts'
import { refuseSharedFiles } from './files/distinct-files.ts'
import { isFolder } from './files/folder.ts'
import { readPrices } from './files/prices-file.ts'
import { newRunIdentity } from './model/run-identity.ts'
import { type CommandLine, parseArgv } from './options/argv.ts'
import { commandAsTyped } from './options/command-as-typed.ts'
import { isEachTold, progressOf } from './options/command-line.ts'
import { MASK_KEY } from './options/environment.ts'
import { refuseUnconsented } from './options/groups/create-options.ts'
import type { Page } from './options/help/asked-page.ts'
import { namedFiles } from './options/named-files.ts'
import type { Command } from './options/option.ts'
import { isDocumentAsked } from './process/asked-formats.ts'
import { logToFile, logToStderr } from './process/own-log.ts'
import { openPrintedResult } from './process/printed-result.ts'
import { redactOutput, silenceWarnings } from './process/standard-error.ts'
import { loadWordDiff } from './report/lines/differences/word-diff.ts'
import { refusalOf } from './report/refusal.ts'
import { threadFilesIn } from './run/threads/thread-files.ts'

const INCOMPLETE = 3

const THREADS = new URL('../workers/', import.meta.url)

// First of all: whatever is written from here on has no secret in it.
const redaction = redactOutput()
let log = await logToStderr(redaction)
const output = openPrintedResult(redaction, (error) => log.error(error))

// Node up to 24 aborts at its end where a terminal has gone that it wants to restore.
const terminals = [0, 1, 2].filter((number) => isatty(number))
process.on('exit', () => {
  for (const number of terminals) if (!isatty(number)) closeSync(number)
})

process.on('exit', endCredentialCommands)

const identity = newRunIdentity()
const packageFile = new URL('../../package.json', import.meta.url)
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }

const context: CommandContext = {
  log: () => log,
  output,
  version,
  answerStatus: (status) => {
    askForStatus = status ?? tellBeginning
  },
  callerWith: (spelling) => ({
    ...{ spelling, identity, packageFile },
    threads: threadFilesIn(THREADS),
    command: { words: commandAsTyped(process.argv.slice(2), process.env), version },
    ...(process.env[MASK_KEY] !== undefined && { maskKey: process.env[MASK_KEY] }),
  }),
}

// The SDK would print to stderr that it is going to drop this version of Node.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'

// What is thrown past all others, by a hook's timer maybe, says nothing of the tables.
process.on('uncaughtException', (thrown) => {
  const error = asTablesyncError(thrown)
  log.error(error)
  const code = codeOf(error)
  // Nothing waits any more: what is printed has to be out at once.
  if (isDocumentAsked()) output.writeDocumentAtOnce(refusalOf(error, identity))
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
    if ('text' in parsed) return await output.print(parsed.text, 0)
    if ('page' in parsed) return await printPage(parsed.page)
    const { command } = parsed
    if (command === 'show') return await showFile(parsed, context)
    if (isLoggedAlone(command)) {
      const line = configured(parsed)
      await openLog(line, namedFiles(line.options, line.spelling))
    }
    if (command === 'revert') return await revertExport(parsed, context)
    if (command === 'shard-plan') return await planRunOfShards(parsed, context)
    if (command === 'merge') return await mergeRunOfShards(parsed, context)
    if (command === 'fingerprint') return await carryOutFingerprint(parsed, context)
    const { line, config } = await withConfig(parsed)
    if (command === 'shard') return await carryOutShard(line, await openTalk(line), context)
    if (command !== 'sync' && (await isFolder(fileOf(line)))) {
      return await carryOutFolder(line, await openTalk(line), context)
    }
    if (line.talk.estimate) return await tellEstimate(line, config, context)
    const telling = await openTalk(line)
    if (config?.pairs === undefined) return await carryOut(line, command, telling, context)
    return await comparePairs({ line, typed: parsed, config }, telling, context)
  } catch (thrown) {
    const error = asTablesyncError(thrown)
    log.error(error)
    const code = codeOf(error)
    return isDocumentAsked() ? await output.printDocument(refusalOf(error, identity), code) : code
  }
}

/** What somebody reads who asked for help, or who gave nothing to do. */
async function printPage(page: Page): Promise<number> {
  const { pageText } = await import('./options/help/page-text.ts')
  if (page.kind !== 'welcome') return output.print(pageText(page), 0)
  for (const line of pageText(page).split('\n')) log.screen.say(line)
  return 2
}

/** Of an apply or an undo. */
function fileOf({ command, options }: CommandLine): string {
  return (command === 'apply' ? options.plan : options.journal) ?? ''
}

/** What a file of options adds; what was typed wins. */
async function withConfig(parsed: CommandLine) {
  const { config: file } = parsed.talk
  if (file === undefined) return { line: configured(parsed), config: undefined }
  // With it comes the library that reads YAML.
  const { readConfig } = await import('./config/config-file.ts')
  const config = await readConfig(file)
  return { line: configured(parsed, config), config }
}

/** Opens the log in the file that was asked for. `others`: what else the command names. */
async function openLog(
  { talk, spelling }: ConfiguredCommandLine,
  others: ReturnType<typeof namedFiles>,
) {
  if (talk.logFile === undefined) return
  log = await logToFile({ file: talk.logFile, others, spelling }, log, redaction)
}

/** Commands that tell of their work in a few lines of their own. */
function isLoggedAlone(command: Command): boolean {
  return command === 'shard-plan' || command === 'merge' || command === 'fingerprint'
}

/** Opens the log, and says how to tell of the run. */
async function openTalk(line: ConfiguredCommandLine) {
  const { options, talk, spelling } = line
  const named = namedFiles(options, spelling)
  refuseUnconsented(options, consentOf(line), spelling)
  const hooksFile = { [spelling('hooks')]: options.hooks, [spelling('config')]: talk.config }
  const files = { ...named, ...hooksFile }
  if (talk.config !== undefined) await refuseSharedFiles({ files })
  await openLog(line, files)
  const prices = talk.prices === undefined ? undefined : await readPrices(talk.prices, named)
  if (talk.quiet) silenceWarnings()
  return {
    verbosity: talk.quiet ? 'quiet' : talk.verbose ? 'verbose' : 'normal',
    progress: progressOf(line, process.stdout.isTTY === true),
    showValues: options.showValues === true,
    tellsEach: isEachTold(line),
    report: options.report,
    journal: options.journal,
    prices,
    wordDiff: options.showValues ? await loadWordDiff() : undefined,
  } as const
}

function tellBeginning(): void {
  log.screen.say('reading table descriptions')
}

/** Set-up errors are the user's to mend; the unforeseen is ours. */
function codeOf({ code }: TablesyncError): number {
  return code === 'INTERNAL' ? INCOMPLETE : 2
}
