-- Handoffs without a verdict, the oldest first: handoff query unacked --all-repos.
SELECT h.repo, h.id AS handoff, h."by", h."to", h.summary, h.overdue, h.limbo, h.escalated,
  CAST(floor(greatest(0, date_part('epoch', r.read_at - h.at))) AS bigint) AS age_s
FROM handoff.handoffs h JOIN handoff.repos r ON r.repo = h.repo
WHERE h.unacked
ORDER BY h.at, h.repo, h.id;
