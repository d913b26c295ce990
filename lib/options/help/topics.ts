/** The texts of `tablesync help <topic>`: at most 25 lines each, and where docs/ says more. */
import type { Topic } from './asked-page.ts'
import { SHELL_TOPICS } from './shell-topics.ts'

export const TOPIC_TEXTS: { readonly [topic in Topic]: string } = {
  compare: `Compare tables

  tablesync --master us-east-1:Orders --replica eu-west-1:Orders

A comparison writes nothing. It scans both tables in step. Where two items look
different, it reads both again, strongly consistent, and counts a difference
only after both have stood still for five seconds (--min-mismatch-age).

  --verbose         prints a line for each difference, with its paths
  --show-values     prints the values too
  --report FILE     writes a line of JSON for each difference
  --json            prints the result as one document on stdout
  --key, --keys     read listed keys only, and scan nothing
  --quiesced        for tables that nobody writes to: saves the wait

Repeat --replica for more replicas: the master is scanned once for all.

More: docs/compare.md, docs/differences.md, docs/results.md`,

  repair: `Repair a replica

  --write-missing     puts items that the replica lacks
  --write-differing   updates items that differ, and only what differs in them
  --delete-extra      deletes items that the master lacks, after all else

Begin with a dry run, which is the same command without these flags. Then:

  tablesync -m us-east-1:Orders -r eu-west-1:Orders \\
    --write-missing --write-differing --journal journal.ndjson

The journal keeps what the replica held: \`tablesync undo journal.ndjson\` brings
it back. Keep one whenever you repair something that matters.

A replica that does not exist is made with --create-replica, like the master.

--canary 10 repairs ten items first, and goes on only if they have held.
--dry-run overrides all of these flags.

More: docs/repair.md, docs/create-replica.md, docs/plan-apply-undo.md`,

  safety: `What keeps a repair from doing damage

- tablesync never writes to the master.
- A write happens only if the replica still holds what was compared. With
  --quiesced and without --journal, puts have no such condition.
- With --version-attribute, no newer version is replaced with an older one.
- Deletions come last, and not at all on a replica where anything failed. On a
  terminal, tablesync asks first; --yes answers.

A safeguard stops the run (exit code 4):

  --max-writes, --max-deletes    more writes or deletions than expected
  --max-read-units               more read units than expected
  --allow-shrunken-master        lets deletions go on if the master has shrunk
  --allow-global-table           lets writes go to a global table
  --allow-streams                lets writes go to a table that has a stream

More: docs/repair.md, docs/live-tables.md, docs/limits.md`,

  plan: `Write a repair down, review it, apply it, take it back

  tablesync -m us-east-1:Orders -r eu-west-1:Orders \\
    --write-missing --write-differing --plan plan.ndjson
  tablesync show plan.ndjson
  tablesync apply plan.ndjson --dry-run
  tablesync apply plan.ndjson --journal journal.ndjson
  tablesync undo journal.ndjson

--plan writes nothing to the tables. apply looks at each item again, and repairs
only what is as the plan says. --kind, --attribute and --except-keys apply a
part of it. undo brings an item back only if nobody has changed it since.

More: docs/plan-apply-undo.md`,

  resume: `Stop a long run, and go on later

  tablesync -m us-east-1:Orders -r eu-west-1:Orders --checkpoint run.json
  tablesync -m us-east-1:Orders -r eu-west-1:Orders --checkpoint run.json \\
    --resume

--checkpoint FILE saves how far the run has come, every ten seconds and at the
end. After a stop, a crash or a full disk, give the same command with --resume;
a run that stops early prints it. --restart begins anew.

Ctrl-C stops after the pages in flight; a second one stops at once.
--max-duration 8h stops by itself. --max-outage says how long to wait for an
endpoint that does not answer.

More: docs/long-runs.md`,

  shards: `One run on several machines

  tablesync shard-plan -m us-east-1:Orders -r eu-west-1:Orders \\
    --shards 64 --out /mnt/shared/orders
  tablesync shard /mnt/shared/orders --shard-index 0     (to 63, anywhere)
  tablesync merge /mnt/shared/orders --report report.ndjson

The folder lies on a disk that all machines see: EFS, NFS, a volume of
Kubernetes, the scratch of a cluster. There is no server and no lock. In a task
of AWS Batch, Kubernetes or Slurm, tablesync knows the index of its shard.

An attempt that dies is taken up by the next one, on any machine. Of two
attempts at one shard, the first to end counts. Limits of capacity are divided
among the shards. No shard deletes: merge --plan lists what is extra, and
tablesync apply deletes it.

More: docs/shards.md, docs/scale.md`,

  sample: `What a part of the tables tells of the whole

  tablesync -m us-east-1:Orders -r eu-west-1:Orders --sample 1%

Draws small segments at random, reads them on both sides, and reads again what
looks different. It costs that share of a scan, and up to 15 % more. It writes
nothing, and never says that the tables are in sync.

  at most 0.05 % of items differ, 95 % sure, however they are spread

holds for scattered drift, for whole ranges and for anything between. To narrow
the limits, draw more. A few item collections that hold much of a table make
them wide, or may be missed: look at those by --key, or scan.

--sample-seed N draws the same segments again. The exit code is 1 if anything
was found, and 0 if not.

More: docs/sample.md`,

  pace: `How fast a run goes, and what it takes of the tables

  --read-capacity 500         at most 500 read units a second of each table
  --read-capacity 25%         a quarter of the table's throughput: the default
  --read-capacity adaptive    as much as is not throttled
  --read-capacity max         no limit
  --write-capacity            the same for writes to each replica
  --master-read-capacity      for the master, if it is to be another

--control FILE changes the pace of a run: add a line to the file, for example
\`read-capacity 1000\`, \`pause\` or \`resume\`.

A comparison reads each table once. An item of 4 KB takes half a read unit.

More: docs/pace.md, docs/cost.md`,

  credentials: `Which credentials and endpoints are used

tablesync finds credentials as the AWS SDK and the AWS CLI do: in variables
(AWS_PROFILE, AWS_ACCESS_KEY_ID ...), profiles, SSO, containers and instances.

  --profile, --role-arn                    for the master, and for replicas that
                                           have none of their own
  --replica-profile, --replica-role-arn    for the replicas
  --mfa-serial, --mfa-token                where the role asks for an MFA device

  --endpoint http://localhost:8000         an emulator: no credentials needed
  --master-endpoint, --replica-endpoint    where they differ

A comparison needs DescribeTable, Scan and BatchGetItem, with a filter Query
too. A repair needs PutItem, UpdateItem and DeleteItem on the replicas.

More: docs/credentials.md, docs/permissions.md`,

  'many-tables': `Many tables in one run

  tablesync --config tables.yaml

tables.yaml holds options by their names in camel case, and pairs:

  minMismatchAge: 10
  pairs:
    - { master: us-east-1:*-prod, replica: eu-west-1:*-copy, name: '*' }

* stands for any text: each table that fits makes a pair. Pairs are compared one
after another, or --pairs-at-once. A flag wins over the file.

  journal: undo/{pair}.ndjson    a file of each pair
  limits: { maxWrites: 10000 }   a total of all pairs

\`tablesync undo undo\` and \`tablesync apply plans\` take a folder of such files.

More: docs/many-tables.md`,

  'until-in-sync': `Compare until the tables are in sync

  tablesync -m us-east-1:Orders -r eu-west-1:Orders --until-in-sync 2h

Compares, and repairs what is asked for, pass after pass, until one whole pass
finds nothing and writes nothing: the gate of a cut-over. Exit code 0 says that
no difference was seen in that pass. It does not prove that nobody writes.

  --max-passes 20          at most so many
  --min-mismatch-age 30    above the lag of what replicates
  --max-writes             counts over all passes

A key that was repaired twice and differs again stops the run: something else
keeps writing it.

More: docs/until-in-sync.md`,

  masks: `Fill a test table with masked values

  tablesync -m us-east-1:Orders -r us-east-1:OrdersTest --write-missing \\
    --masks masks.json --mask-key-file mask.key

masks.json has a rule for each attribute, by its path:

  {"rules":{"id":"keep","email":"email","profile.name":"name","*":"drop"}}

Rules: keep, drop, hash, digits, email, name, last4, {"fixed":"XX"}. An item
with an attribute that no rule covers is left as it is, and the exit code is 3.
Equal values become equal values, under one key, in all tables.

A table that tablesync makes under masks is tagged with them.

More: docs/masks.md`,

  ...SHELL_TOPICS,
}
