#!/usr/bin/perl
# Transcript tier, no root: ftpd(8) against the program: options, commands,
# reply codes, events and reasons in the log.
use strict;
use warnings;
use Test::More;

my $inftpd = ($ENV{abs_top_builddir} // 'build') . '/ftpd/inftpd';

sub slurp {
	my ($file) = @_;

	local $/;
	open my $in, '<', $file or die "$file: $!";
	return scalar <$in>;
}

# Without comments, and with adjacent strings joined.
sub code {
	my $text = join "\n", map { slurp($_) } @_;

	$text =~ s{/\*.*?\*/}{}gs;
	$text =~ s/"\s*\n\s*"//g;
	return $text;
}

sub words { return join ' ', sort keys %{{ map { $_ => 1 } @_ }} }

my $page = slurp('ftpd/ftpd.8');
my %section;
$section{$1} = $2 while $page =~ /^\.S[hs] ([^\n]*)\n(.*?)(?=^\.S[hs] |\z)/msg;

# Options.
my $usage = `$inftpd --help`;
is words($usage =~ /--([a-z-]+)/g, 'config'),
    words($section{OPTIONS} =~ /^\.It Fl -([a-z-]+)/mg), 'options';

# Commands: verb and argument of every row.
sub table {
	my ($text) = @_;
	my %rows;

	while ($text =~ /^\.It ([A-Z][A-Z0-9]+) Ta (.*?) Ta (.+)/mg) {
		$rows{$1} = $2 eq '""' ? '' : $2;
	}
	return \%rows;
}

my %commands;
open my $list, '-|', $inftpd, '--list-commands' or die "$inftpd: $!";
while (<$list>) {
	chomp;
	my ($verb, $argument) = split /\t/, $_, -1;
	$commands{$verb} = $argument;
}
close $list or die "$inftpd --list-commands: $?";
is_deeply table($section{COMMANDS}), \%commands, 'commands';

my ($site) = code('ftpd/cmd_info.c') =~ /site_commands\[\] = \{(.*?)\n\};/s;
my %site;
$site{$1} = $2
    while $site =~ /\{\s*"([A-Z]+)",\s*ARG_\w+,[^"]*"([^"]*)",/g;
is_deeply table($section{'SITE commands'}), \%site, 'commands behind SITE';

# Reply codes that the program can send.
my $ftpd = code(glob('ftpd/*.c'));
my @sent = ($ftpd =~ /\b(?:reply\w*|show_message)\(s,\s*(\d{3})\b/g,
	$ftpd =~ /\b(\d{3}) Too busy/g,
	code('ftpd/cmd_list.c') =~ /S_ISDIR\([^)]*\) \? (\d{3}) : (\d{3})/g,
	code('ftpd/hash.c') =~ /refuse\(\s*s, file, (?:[^?,]*\? \d+ : )?(\d{3})/g,
	code('ftpd/reply.c') =~ /\b(?:E[A-Z]+|0),\s*(\d{3}),/g,
	code('ftpd/serve.c') =~ /reply\(s,\s*(\d{3})/g);
my @listed = $section{REPLIES} =~ /^\.It (\d{3})$/mg;
is words(@listed), words(@sent), 'reply codes that are sent';

my @never = $section{'Replies that are never sent'} =~ /^\.It (\d{3})$/mg;
my %listed = map { $_ => 1 } @listed;
is words(grep { $listed{$_} } @never), '', 'none is both sent and never sent';
my %known = map { $_ => 1 } @listed, @never;
is words(grep { !$known{$_} } qw(110 120 125 150 200 202 211 212 213 214 215
	220 221 225 226 227 230 250 257 331 332 350 421 425 426 450 451 452
	500 501 502 503 504 530 532 550 551 552 553 229 232 234 336 522 533
	534 535 536)), '', 'every code of the standards is there';
is "@listed", join(' ', sort @listed), 'in order';

# Events.
my $both = code(glob('conf/*.c ftpd/*.c helpers/*.c'));
my @events = $both =~ /\bLOG_[A-Z]+,\s*"([a-z-]+)",/g;
push @events, qw(download upload); # log_transfer() takes them from a table
my @documented = map { split / , / }
    $section{DIAGNOSTICS} =~ /^\.It ([a-z][a-z ,-]*)$/mg;
is words(@documented), words(@events), 'log events';

# Reasons: every text that these give for a refusal.
my $auth = code(map { "helpers/$_.c" } qw(auth external users verify virtual));
my %reasons = map { $_ => 1 }
    $auth =~ m{(?:return|reason =)\s*"([a-z/][^"]* [^"]*)"}gi,
    $auth =~ m{ret_reason,\s*"([a-z/][^"]* [^"]*)"}gi,
    $auth =~ m{[?:]\s*"([a-z/][^"]* [^"]*)"}gi;
my %page_reasons = map { $_ => 1 }
    $section{'Why a login failed'} =~ /^\.It (.*)$/mg;
is words(grep { !$page_reasons{$_} } keys %reasons), '',
    'every reason of a refused login is there';
is words(grep { !$reasons{$_} } keys %page_reasons), '', 'and no other';

# The same for inftpd-explain, which knows what is behind each of them.
my %explained = map { $_ => 1 } code('helpers/reasons.c') =~
    m{\t\{ ("[^"]+"(?:\s+"[^"]+")*), STEP_}g;
%explained = map { join('', /"([^"]+)"/g) => 1 } keys %explained;
is words(grep { !$explained{$_} } keys %reasons), '',
    'every reason is one that inftpd-explain knows';
is words(grep { !$reasons{$_} } keys %explained), '', 'and no other';

# It asks for the rights that the gate asks for.
sub rights {
	my ($file, $tail) = @_;
	my $text = code($file);
	my %short = $text =~ /^#define (\w+) (WIRE_MAY_\w+)$/mg;
	my %rights;

	while ($text =~ /\{ "([A-Z0-9 ]+)", (.*?)\},/gs) {
		my ($verb, $row) = ($1, $2);

		next unless $row =~ /ARG_|NEEDS_/;
		my %words = map { $short{$_} // $_ => 1 }
		    $row =~ s/"[^"]*"//gr =~ /\b([A-Z][A-Z_]+)\b/g;

		$rights{$verb} = join ' ', sort grep { /^WIRE_MAY/ } keys %words;
	}
	return %rights;
}

my %gate = rights('ftpd/command.c');
my %explain = rights('helpers/explain_verb.c');
my %site_rights = rights('ftpd/cmd_info.c');
$gate{"SITE $_"} = $site_rights{$_} for keys %site_rights;
is $explain{$_}, $gate{$_}, "$_: its rights are explained"
    for sort keys %explain;
# Which are all there are, in order.
is words(keys %explain), words(keys %commands, map { "SITE $_" } keys %site),
    'every command can be explained';
my ($rows) = code('helpers/explain_verb.c') =~ /verbs\[\] = \{(.*?)\n\};/s;
my @rows = $rows =~ /\{ "([A-Z0-9 ]+)",/g;
is "@rows", join(' ', sort @rows), 'in order';
my $manual = do { local (@ARGV, $/) = 'helpers/inftpd-explain.8'; <> };
like $manual, qr/\b\Q$_\E\b/, "$_ is in its manual" for sort keys %explain;

done_testing;
