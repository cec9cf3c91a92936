/** Where programs are looked for; a job's `environment` may say otherwise. */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Keeps what comes in on its standard input in the file `$1`, of at most a MiB; one that is full is set aside as
 * `$1.1`. What is read is written at once; while the disk is slow nobody reads, and who prints waits. What cannot be
 * written (the disk is full) is lost, and holds nobody up.
 */
const keeper = `
while :; do
  size=$(wc -c <"$1") || size=0
  room=$(( (1048576 - size) / 4096 ))
  if [ "$room" -lt 16 ]; then mv -f "$1" "$1.1"; room=256; fi
  told=$(dd bs=4096 count="$room" 2>&1 >>"$1") || told=$(dd bs=4096 count=256 of=/dev/null 2>&1) || sleep 1
  case $told in "0+0 "*|*"
0+0 records in"*) exit;; esac
done`;

/**
 * What a guard is started with to give `environment` to its command, and nobody else: the guard and its helpers are
 * outside of the cgroup, and what a job says to a linker (LD_PRELOAD) or a shell (ENV, IFS) would run or count there.
 */
export function environmentOfGuard(
  environment: Readonly<Record<string, string>>,
): Record<string, string> {
  const given = new Map<string, string>();
  const names: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (/^[A-Za-z_]\w*$/.test(name)) {
      names.push(name);
      given.set(`og_job_${name}`, value);
      // Other names are nothing to a linker or a shell, but for the functions of Bash. Not every shell hands them on.
    } else if (!name.startsWith('BASH_FUNC_')) given.set(name, value);
  }
  given.set('PATH', defaultPath).set('og_names', names.join(' '));
  return Object.fromEntries(given);
}

/** Gives the names in `$og_names` the values that they are to have. No blank is lost, and no error ends a shell. */
export const giveEnvironment = `for og_name in $og_names; do
eval "command export \\"$og_name=\\$og_job_$og_name\\" 2>/dev/null; unset og_job_$og_name"
done; unset og_names`;

/**
 * Runs a command and outlives the worker. Nothing runs before the worker has said that it has written down what this
 * is (a line on standard input): one that ends before it can leaves nothing behind. The worker hears on standard
 * output that the command runs (its process and when that began), or why it does not, and nothing after that: all
 * else is in the folder `$1`, for the same worker or a later one, of any version:
 *
 * - SIGTERM asks the command's process group to end, SIGUSR1 ends all of it now;
 * - `command`: process and start time of the command, which leads a session of its own: written before it can run;
 * - `renew`, a pipe, where it lives on grants: a line is until when it may live, in hundredths of a second of
 *   /proc/uptime, which counts while the machine sleeps. Nobody but the guard itself ends it then, whatever
 *   became of the worker; `no-grant` says that it has;
 * - `stderr`: the end of what it said there, once it has ended;
 * - `oom.limit`, `oom.machine`: the kernel ended some of it because its group, or the machine, had no memory left;
 * - `running`, which becomes `exit.<code>` once all of it is gone and what it printed is kept. A name, not a content:
 *   that needs no room on a full disk.
 *
 * `$2` is its cgroup or empty; the guard and its helpers stay outside. `$3` is the log or empty, `$4` the first limit
 * or 0, `$5` the program setsid, `$6` uid:gid of who the command makes itself, or empty; then the command, whose
 * environment it has under other names (`environmentOfGuard`); who makes itself somebody else looks after that itself.
 * What cannot be written must not end it (a full disk): `:` would, it is special to a shell, and `true` is not.
 * Without a cgroup a command that leaves its process group on purpose (a daemon) is not held, and what it prints is
 * not waited for; with one it is, for ten seconds.
 */
export const guard = `
read -r og_go || exit 0
exec </dev/null 4>&1 >/dev/null 2>&1
trap '' TERM INT HUP PIPE
og_dir=$1 og_group=$2 og_log=$3 og_until=$4 og_setsid=$5 og_owner=$6; shift 6
og_mask=$(umask) og_asked= og_tee= og_keep= og_watch=
PATH=${defaultPath}; umask 077

og_cannot() {
  echo "cannot start: $1" >&4
  kill -KILL "$og_watch"; kill -KILL "$og_tee"; kill -KILL "-$og_keep"
  exit 125
}
og_stat() {
  read -r og_line <"/proc/$1/stat" || return
  set -- \${og_line##*) }
  og_session=$4 og_began=\${20}
}
og_end() {
  og_tries=50
  [ -z "$og_group" ] || while [ -d "$og_group" ] && [ $((og_tries-=1)) -gt 0 ]; do
    echo 1 >"$og_group/cgroup.kill"; rmdir "$og_group" || sleep 0.02
  done
  [ -z "$og_group" ] || rmdir "\${og_group%/*}"
  if read -r og_pid og_start <"$og_dir/command" && og_stat "$og_pid" && [ "$og_began" = "$og_start" ]; then
    kill -KILL "-$og_pid" || kill -KILL "$og_pid"
  fi
}
og_oom() {
  og_full=machine og_killed=
  while read -r og_key og_count; do
    case $og_key:$og_count in *:0) ;; oom:*) og_full=limit;; oom_kill:*) og_killed=yes;; esac
  done <"$og_group/memory.events"
  [ -z "$og_killed" ] || true >"$og_dir/oom.$og_full"
}
og_watching() {
  while :; do
    read -r og_now og_line </proc/uptime
    og_left=$((og_until - \${og_now%.*}\${og_now#*.}))
    [ "$og_left" -gt 0 ] || break
    [ "$og_left" -lt 200 ] || og_left=200
    og_left=$((og_left / 100)).$(printf %02d $((og_left % 100)))
    og_heard=$(timeout -s KILL "$og_left" dd bs=512 count=1 <&3)
    case $og_heard in *end) exit;; esac
    og_heard=\${og_heard##*
}
    case $og_heard in ''|*[!0-9]*) ;; *) og_until=$og_heard;; esac
  done
  true >"$og_dir/no-grant"
  if og_stat $$ && [ "$og_began" = "$og_mine" ]; then kill -USR1 $$; fi
  og_end
}

og_stat $$; og_mine=$og_began
if [ "$og_until" != 0 ]; then
  mkfifo "$og_dir/renew" || og_cannot 'no pipe can be made'
  exec 3<>"$og_dir/renew"
  ( exec 4>&-; og_watching ) &
  og_watch=$!
fi
og_out=/dev/null
if [ -n "$og_log" ]; then
  og_out=$og_dir/out
  mkfifo "$og_out" || og_cannot 'no pipe can be made'
  exec 5<>"$og_out"; exec 8<"$og_out"
  "$og_setsid" sh -c '${keeper}' oakring-output "$og_log" <&8 3>&- 4>&- 5>&- 8>&- &
  og_keep=$!
fi
mkfifo "$og_dir/err" "$og_dir/last" || og_cannot 'no pipe can be made'
# It may open /dev/stdout by its name.
if [ -n "$og_owner" ]; then
  chown "$og_owner" "$og_dir/err" || og_cannot 'its pipes cannot be given to its user'
  [ -z "$og_log" ] || chown "$og_owner" "$og_out"
fi
exec 6<>"$og_dir/err" 7<>"$og_dir/last"; exec 8<"$og_dir/err" 9<"$og_dir/last"
tee "$og_out" <&8 >&7 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
og_tee=$!
tail -c 2000 <&9 >"$og_dir/stderr" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- &
og_tail=$!
exec 8>&- 9>&-

trap og_asked=TERM TERM; trap og_asked=KILL USR1
( trap - TERM INT HUP PIPE USR1
  [ -z "$og_group" ] || echo 0 >"$og_group/cgroup.procs" || exit 125
  og_stat self; echo "\${og_line%% *} $og_began" >"$og_dir/command" || exit 125
  exec 3>&- 4>&- 5>&- 6>&- 7>&- >"$og_out" 2>"$og_dir/err"
  umask "$og_mask"; set -- "$og_setsid" -- "$@"
  if [ -z "$og_owner" ]; then
    ${giveEnvironment}
  fi
  exec "$@" ) &
og_child=$!
trap 'kill -TERM "-$og_child" || kill -TERM "$og_child"' TERM
trap og_end USR1
exec 5>&- 6>&- 7>&-
while og_stat "$og_child" && [ "$og_session" != "$og_child" ]; do :; done
if read -r og_pid og_start <"$og_dir/command"; then echo "running $og_pid $og_start" >&4
elif [ -n "$og_group" ]; then echo "cannot start: the cgroup $og_group cannot be entered" >&4
fi
exec 4>&-
case $og_asked in TERM) kill -TERM "-$og_child";; KILL) og_end;; esac

wait "$og_child"; og_code=$?
while kill -0 "$og_child"; do wait "$og_child"; og_code=$?; done
wait "$og_child"; og_again=$?
[ "$og_again" = 127 ] || og_code=$og_again
trap '' TERM USR1
[ ! -r "$og_group/memory.events" ] || og_oom
og_end
kill -KILL "-$og_child"
og_tries=1; [ -z "$og_group" ] || og_tries=20
( while [ $((og_tries-=1)) -ge 0 ]; do sleep 0.5; done; kill -KILL "$og_tee"; kill -KILL "-$og_keep" ) & og_late=$!
wait "$og_tee" "$og_tail" $og_keep
kill -KILL "$og_late"; wait "$og_late"
if [ -n "$og_watch" ]; then echo end >&3; wait "$og_watch"; fi
rm -f "$og_dir/out" "$og_dir/err" "$og_dir/last"
mv "$og_dir/running" "$og_dir/exit.$og_code"
exit "$og_code"
`;
