package main

import "os"

// peakMemory would return the most memory that a process had. Windows forgets it
// with the process.
func peakMemory(*os.ProcessState) int64 { return 0 }
