#!/usr/bin/perl
# Transcript tier, no root: FEAT (RFC 2389).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;
my @lines = $c->expect('FEAT', 211, 'End');

is($lines[0], '211-Features:', 'the first line');
is((grep { !/^ \S/ } @lines[1 .. $#lines - 1]), 0,
    'each feature is a line that begins with one blank');
my %features = map { s/^ //r => 1 } @lines[1 .. $#lines - 1];
ok($features{$_}, $_) for 'EPRT', 'EPSV', 'MDTM', 'MFMT', 'REST STREAM',
    'SIZE', 'TVFS', 'UTF8';
my ($mlst) = grep { /^MLST/ } keys %features;
is($mlst, 'MLST type*;size*;modify*;create;perm*;unique*;UNIX.mode*;' .
    'UNIX.owner*;UNIX.uid*;UNIX.group*;UNIX.gid*;', 'MLST and its facts');
$c->expect('FEAT x', 501);

# Every feature that --list-commands names, and no other verb's.
for my $row (map { [split /\t/] } Inftpd::Test->output('--list-commands')) {
	my (undef, undef, $feature, $needs) = @$row;

	next unless $feature;
	if ($needs && ($needs ne 'hash_enable' || !Inftpd::Test::built('digest'))) {
		ok(!(grep { /^\Q$feature\E( |$)/ } keys %features),
		    "FEAT leaves $feature out without $needs");
		next;
	}
	ok((grep { /^\Q$feature\E( |$)/ } keys %features),
	    "FEAT has $feature of --list-commands");
}

# What OPTS changes shows.
$c->expect('OPTS MLST size;type;', 200);
@lines = $c->expect('FEAT', 211);
ok((grep { /^ MLST type\*;size\*;modify;create;perm;/ } @lines),
    'FEAT shows what OPTS MLST chose');
$c->quit;

$server = Inftpd::Test->new(conf => { cmds_denied => 'MDTM,EPSV' });
$c = $server->connect;
@lines = $c->expect('FEAT', 211);
is((grep { /MDTM|EPSV/ } @lines), 0, 'cmds_denied: no feature either');
$c->quit;

# Neither is what other directives take away.
for my $case (['pasv_enable', 'PASV', 'EPSV'], ['port_enable', 'EPRT', 'PORT']) {
	my ($directive, @verbs) = @$case;

	$server = Inftpd::Test->new(conf => { $directive => 'NO' });
	$c = $server->login('alice');
	my $shown = join "\n", $c->expect('FEAT', 211), $c->expect('HELP', 214);
	unlike($shown, qr/\b$_\b/, "$directive=NO: no $_ in FEAT and HELP") for @verbs;
	$c->quit;
}
done_testing;
