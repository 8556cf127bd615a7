package cli

const configHelp = `
.handoffs/config.yaml is optional; handoff init writes it. It is read from HEAD
and changed like any other file, by review. It may describe people and rules,
but holds no URL to call, no token and no command.

  format:     1
  people:     {ana: {emails: [ana@example.com], team: payments,
               tz: Asia/Singapore, hours: "09:00-18:00", days: mon-fri,
               away: [{from: 2026-12-21, to: 2027-01-04, cover: ben}]},
               ben: {emails: [ben@example.com], team: payments},
               sarah: {emails: [sarah@example.com]},
               ines: {emails: [ines@example.com]}}
  teams:      {payments: {lead: ben, zone: apac}}
  pods:       {refunds: {teams: [payments], leads: {apac: ana, emea: ben}}}
  zones:      [apac, emea, amer]
  store:      {branch: current}      # or a branch of their own
  read:       all                    # or current: HEAD alone
  commit:     {skip_ci: false}
  timing:     {publish_grace: 10m, clock_skew: 5m, backdate: 15m}
  ack_policy: per_item               # or any, all
  acks:       {signed: true}         # or said on a forge
  hook:       {before_shift_end: 90m, commits: 10, hours: 12}
  sla:        {ack: {routine: 1h, watch: 30m, critical: 15m}, answer: 8h,
               blocker_ack: 4h, blocker_resolve: 2d}
  authority:  [{area: session-policy, primary: sarah, alternates: [ines]}]
  escalation: {default: [alternate, "team:lead"]}
  interfaces: [{from: apac, to: emea, trigger: end of shift,
               done_when: [the receiver has acked],
               conditions: [no deploy after 16:00], requires: [accept],
               on_missing: reject, ack: 2h}]   # or warn, or "return:ben"
  exceptions: {judgement: sarah, policy: ines, incomplete: sender}
  rules:      {preset: default, HO204: off, allow_secrets: [70bd908a4d40]}
  deliver:    {blockers: github, questions: github, decisions: github,
               handoffs: payments-chat}   # names of targets
  agents:     {answer: publish, ask: publish, decide: propose}   # or draft
  refs:       {ticket: "https://jira.example.com/browse/{id}"}
  verify:     {settled: [{finding: HO902, record: k3f9q2m7,
               why: "held a customer's address, removed in review"}]}

verify.settled names findings of handoff verify that a review has looked into,
each by its code and by its record, its commit or both. verify shows them as
settled. verify.keys names by its fingerprint what a machine signs with that
records comments: SHA256:… as ssh-keygen -l prints it, or 40 hex digits of PGP.
What counts is the file of the default branch, where there is one.

handoff init writes what it knows, and the other keys as comments that explain
them. handoff check .handoffs/config.yaml checks it before you commit.
`

const keysHelp = `
The keys, each with its type, what holds without it, and an example. A word in
capitals stands for a name of yours, and [] for each entry of a list.

  format  number, always there:
      1
  people.WHO.name  text:
      what they are called, as in Ana
  people.WHO.emails  addresses:
      of their commits, as in [ana@example.com, ana@home.example]
  people.WHO.team  team:
      where they work, as in payments
  people.WHO.zone  zone:
      where it is not that of the team, as in emea
  people.WHO.tz  time zone:
      on whose clock they work, as in Asia/Tokyo
  people.WHO.hours  hours:
      of a day, with tz, as in "22:00-06:00"
  people.WHO.days  days, default mon-fri where there are hours:
      of a week, as in tue-sat
  people.WHO.github  account:
      on GitHub; likewise gitlab, gitea, jira and linear, as in ana-gh
  people.WHO.gitlab  account:
      on GitLab, as in ana-gl
  people.WHO.gitea  account:
      on Gitea or Forgejo, as in ana
  people.WHO.jira  account:
      the account id in Jira, as in 5b10ac8d82e05b22cc7d4ef5
  people.WHO.linear  account:
      the name in the address of their page in Linear, as in ana
  people.WHO.slack  account:
      the member id in Slack, as in U012AB3CD
  people.WHO.teams  account:
      the name to sign in to Teams with, as in ana@example.com
  people.WHO.googlechat  account:
      the number of users/NUMBER in Google Chat, as in "1234567890"
  people.WHO.away[].from  date:
      the first day of an absence, as in 2026-12-20
  people.WHO.away[].to  date:
      the last one, as in 2027-01-05
  people.WHO.away[].cover  person:
      who stands in, as in sarah
  teams.TEAM.lead  person:
      who leads it, as in ana
  teams.TEAM.zone  zone:
      where it works, as in emea
  pods.POD.teams  teams:
      that pass the same work on, as in [payments]
  pods.POD.leads.ZONE  person:
      who leads the pod there, as in sarah
  zones  names:
      the ring that work follows, as in [apac, amer, emea]
  store.branch  branch, default current:
      where records are written, current for the one that is checked out, as in
      handoffs
  read  all, current, foreign, default all:
      which branches count, current for HEAD alone, foreign for those of
      strangers as well, as in current
  commit.skip_ci  true or false, default false:
      whether the subject of a commit says [skip ci], as in true
  commit.subject  text:
      of commits, with {kind}, {by}, {to} and {counts}, as in "{by} to {to}"
  commit.hooks  true or false, default false:
      whether pre-commit and commit-msg run, as in true
  timing.publish_grace  duration, default 10m:
      after the end of a shift, before a handoff is late, as in 20m
  timing.clock_skew  duration, default 5m:
      that clocks may differ, as in 2m
  timing.backdate  duration, default 15m:
      between a record and its commit, as in 30m
  ack_policy  per_item, any, all, default per_item:
      when a handoff to several people is accepted, as in all
  acks.signed  true or false, default false:
      whether verify wants acks signed by their author, as in true
  hook.before_shift_end  duration, default 90m:
      from when on a push reminds you, as in 1h
  hook.commits  number, default 10:
      or after so many commits without a handoff, as in 20
  hook.hours  number, default 12:
      or after so many hours without one, as in 24
  sla.ack.routine  duration:
      how long a handoff may wait for a verdict, as in 2h
  sla.ack.watch  duration:
      one with an item to be watched, as in 20m
  sla.ack.critical  duration:
      one with a critical item, on the wall, as in 10m
  sla.answer  duration:
      a question for its answer, as in 4h
  sla.blocker_ack  duration:
      a blocker until somebody has taken notice, as in 2h
  sla.blocker_resolve  duration:
      until it is gone, as in 3d
  authority[].area  name:
      what is decided, as in session-storage
  authority[].primary  person:
      who decides in it, as in ines
  authority[].alternates  people:
      who else does, as in [sarah]
  authority[].expires  date:
      the last day on which that holds, as in 2027-12-31
  escalation.AREA  steps:
      whom to ask next in an area, for a severity, or by default: alternate,
      team:lead, pod:lead, lead:TEAM or a person, as in [alternate, ines]
  interfaces[].from  team or zone:
      one side of a boundary, as in emea
  interfaces[].to  team or zone:
      the other one, as in amer
  interfaces[].trigger  text:
      when a handoff is due, as in end of sprint
  interfaces[].done_when  texts:
      when it is done, as in [the receiver has read it back]
  interfaces[].conditions  texts:
      what both sides agreed on, as in [no deploy on fridays]
  interfaces[].requires  fields of an item:
      that must be filled, as in [accept, effort]
  interfaces[].on_missing  reject, warn, return:WHO, default reject:
      what happens where one is not, as in "return:ben"
  interfaces[].ack  duration:
      in place of sla.ack, as in 1h
  exceptions.CLASS  person, or sender, default the lead of the sender:
      who looks at what is declined as incomplete, ambiguous, judgement, policy
      or out_of_scope, as in ben
  rules.preset  default, strict, pilot, default default:
      strict makes errors of HO2xx to HO6xx, pilot warnings, as in strict
  rules.lang  language, default en:
      of records; another one switches rules off that read English, as in de
  rules.words.filler  texts:
      that say nothing, beside those known, as in [siehe oben]
  rules.words.weak  texts:
      verbs that say little of a step, as in [poke]
  rules.words.soft  texts:
      with which no step begins, as in [perhaps]
  rules.words.reltime  texts:
      times that differ by zone, as in [after lunch]
  rules.allow_secrets  fingerprints:
      of texts that are no secrets, as handoff check prints them, as in
      [70bd908a4d40]
  rules.CODE  error, warn, off:
      of one rule, see handoff help rules, as in warn
  deliver.blockers  target:
      where handoff route delivers them by default, as in github
  deliver.questions  target:
      likewise, as in github
  deliver.decisions  target:
      likewise, as in github
  deliver.handoffs  target:
      likewise, as in payments-chat
  agents.ACT  draft, publish; of decide also propose:
      what a coding agent may do by itself of answer, ask, decide, escalate,
      gap, jot, resolve, route: see handoff help agents, as in draft
  refs.TYPE  address:
      to link a reference to, with {id}, as in "https://example.com/{id}"
  verify.settled[].finding  code:
      of a finding that a review has looked into, as in HO904
  verify.settled[].record  id:
      of its record, as in m4t7x2b9
  verify.settled[].commit  hash:
      of its commit, as in 9f0c1d2e3
  verify.settled[].why  text:
      what the review found, as in the laptop was lent
  verify.keys  fingerprints:
      of what machines sign with that record comments, as in
      ["SHA256:uCuAv3UHFPu9MKmGNGP9sGCQ0aE0bXSUVMEmKVwWWGY"]
`

const targetsHelp = `
What a target is you say in a file of your own, which no repository has:
$XDG_CONFIG_HOME/handoff/config.yaml, or ~/.config/handoff/config.yaml. Without
it nothing is ever sent or asked over the network.

  format:  1
  targets:
    github:        {type: github, project: example/app}
    payments-chat: {type: slack, channel: C012AB3CD,
                    token_command: [pass, show, slack]}
    pager:         {type: webhook, webhook_env: PAGER_URL,
                    token_env: PAGER_SECRET}
    mail:          {type: mail, host: mail.example.com, user: ana,
                    from: ana@example.com, token_env: MAIL_PASSWORD}

  type     github, gitlab, gitea, forgejo, jira, linear, slack, teams,
           googlechat, webhook, mail
  host     where it is not the service's own: a host, or https://host/path
  project  owner/name of a forge; of Jira and Linear the prefix of the tickets
  channel  of a chat, as its API calls it
  user, from, to
           of mail, and the user of Jira
  token_env, webhook_env
           the variable that has the token, or the address of a webhook
  token_command, webhook_command
           a program that prints it, and its arguments; no shell reads them

The file holds no secret itself. Without token_env and token_command a token is
looked for in GH_TOKEN, GITHUB_TOKEN and gh auth token, in GITLAB_TOKEN and
glab, in LINEAR_API_KEY and SLACK_BOT_TOKEN, each for its own host alone. In a
job, and instead of the file, variables say the same, as in
HANDOFF_TARGET_PAYMENTS_CHAT_CHANNEL=C012AB3CD, with TYPE, HOST, PROJECT,
CHANNEL, USER, FROM, TO, TOKEN or WEBHOOK at the end.

A forge that this repository is on, as its remotes say, is also asked how pull
requests stand: by declare and sync, about the items at hand, for two seconds at
most. The records keep what it said and when; nothing else asks. A token without
a target asks nobody.

People are mentioned under the account that the roster has for them: github,
gitlab, gitea, jira, linear, slack, teams (the name that they sign in with) or
googlechat (the number of users/NUMBER); mail goes to their first address. Under
the same account handoff sync --from github records what they say in comments.`
