-- What is blocked, the longest first: handoff query blocked --all-repos.
SELECT b.repo, b.id AS blocker, b.severity, b.state, coalesce(b.asked, b.resolver) AS waits_for, b.needs, b.blocks, b.deadline,
  CAST(floor(greatest(0, date_part('epoch', r.read_at - b.since))) AS bigint) AS age_s
FROM handoff.blockers b JOIN handoff.repos r ON r.repo = b.repo
WHERE b.open
ORDER BY b.since, b.repo, b.id;
