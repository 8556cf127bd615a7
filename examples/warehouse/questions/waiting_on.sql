-- For whom open blockers wait, and for how long already.
SELECT coalesce(b.asked, b.resolver) AS waits_for, count(*) AS blockers, count(DISTINCT b.repo) AS repositories,
  count(*) FILTER (WHERE b.deadline < r.read_at) AS late,
  CAST(floor(greatest(0, max(date_part('epoch', r.read_at - b.since)))) AS bigint) AS oldest_s
FROM handoff.blockers b JOIN handoff.repos r ON r.repo = b.repo
WHERE b.open
GROUP BY 1
ORDER BY blockers DESC, oldest_s DESC, 1;
