# A library re-exports a function of the standard library, not its module.
# expect: process_spawn
import future.moves.subprocess as commands

commands.getoutput("id")
