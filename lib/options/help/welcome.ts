/** What `tablesync` alone says. */

export const WELCOME = `tablesync compares DynamoDB tables, and repairs replicas that differ.

Compare two tables. Nothing is written:
  tablesync --master us-east-1:Orders --replica eu-west-1:Orders

Repair the replica, and keep a journal that can take the repair back:
  tablesync -m us-east-1:Orders -r eu-west-1:Orders \\
    --write-missing --write-differing --journal journal.ndjson

Look at one key of both tables:
  tablesync -m us-east-1:Orders -r eu-west-1:Orders --key '{"id":"a"}'

All flags: tablesync --help. Topics: tablesync help repair, and others.`
