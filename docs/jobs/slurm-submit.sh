#!/bin/bash
# Submits a run to Slurm: the plan, then the shards, then the merge. Run it on a login node.
set -euo pipefail

# Replace these four. The folder lies on a disk that all nodes share. The plan makes it, in a folder
# that exists.
dir=$HOME/scratch/orders
tables=(--master us-east-1:Orders --replica eu-west-1:Orders)
shards=64
at_once=16

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Submits one command; prints the id of its job. With --parsable, a federation adds ";cluster".
submit() {
  local id
  id=$(sbatch --parsable --kill-on-invalid-dep=yes "$@")
  echo "${id%%;*}"
}

plan=(tablesync shard-plan "${tables[@]}" --shards "$shards" --at-once "$at_once" --out "$dir")
merge=(tablesync merge "$dir" --report "$dir-report.ndjson" --html "$dir.html")

plan_id=$(submit --job-name=tablesync-plan --output=tablesync-plan-%j.log \
  --wrap "exec ${plan[*]@Q}")
shards_id=$(submit --dependency="afterok:$plan_id" --array="0-$((shards - 1))%$at_once" \
  "$here/slurm-shards.sh" "$dir")
merge_id=$(submit --job-name=tablesync-merge --output=tablesync-merge-%j.log \
  --dependency="afterok:$shards_id" --wrap "exec ${merge[*]@Q}")

echo "plan $plan_id, shards $shards_id, merge $merge_id"
echo "If a shard fails, Slurm cancels the merge. Repeat the shard, then merge by hand:"
echo "  sbatch --output=tablesync-merge-%j.log --wrap $(printf %q "exec ${merge[*]@Q}")"
