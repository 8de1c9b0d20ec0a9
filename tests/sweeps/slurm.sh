#!/usr/bin/env bash
# Starts Slurm on this machine alone, as plain processes in a folder of its own, and runs a command against it.
#   slurm.sh FOLDER COMMAND...
# Exits with 77 and says why where Slurm cannot be started (not installed, not root, no munge).
set -u
folder=$1
shift
cannot() { echo "Slurm cannot be started here: $*" >&2; exit 77; }
for program in munged slurmctld slurmd sbatch scontrol; do
  command -v $program >/dev/null || PATH=$PATH:/usr/sbin command -v $program >/dev/null ||
    cannot "there is no $program (Debian: slurm-wlm, munge)"
done
((EUID == 0)) || cannot "it takes root"
PATH=$PATH:/usr/sbin
mkdir -p "$folder"/{state,spool,run}
chmod 0755 "$folder" "$folder/run"
host=$(hostname -s)

key=$folder/munge.key
head -c 1024 /dev/urandom >"$key"
chmod 0400 "$key"
socket=$folder/run/munge.socket
munged --foreground --force --key-file="$key" --socket="$socket" --pid-file="$folder/munged.pid" \
  --seed-file="$folder/munge.seed" --log-file="$folder/munged.log" >"$folder/munged.out" 2>&1 &
processes=($!)
finish() {
  scancel --user=root 2>/dev/null
  kill "${processes[@]}" 2>/dev/null
  wait "${processes[@]}" 2>/dev/null
}
trap finish EXIT

port=$((20000 + RANDOM % 20000))
export SLURM_CONF=$folder/slurm.conf
cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$socket
CredType=cred/munge
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SchedulerParameters=requeue_delay=1,sched_interval=1
KillWait=30
MinJobAge=300
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
for ((i = 0; i < 50; ++i)); do [[ -S $socket ]] && break; sleep 0.1; done
[[ -S $socket ]] || { cat "$folder/munged.out" >&2; cannot "munged does not run"; }
slurmctld -D -c >"$folder/slurmctld.out" 2>&1 &
processes+=($!)
slurmd -D >"$folder/slurmd.out" 2>&1 &
processes+=($!)
for ((i = 0; i < 200; ++i)); do
  [[ $(sinfo -h -o %t 2>/dev/null) == idle ]] && break
  sleep 0.1
done
[[ $(sinfo -h -o %t 2>/dev/null) == idle ]] || {
  tail -5 "$folder/slurmctld.log" "$folder/slurmd.log" "$folder"/*.out >&2
  cannot "its node does not become idle"
}
"$@"
