"""What each constraint means, one file each."""
