#!/usr/bin/perl
# Transcript tier, no root: who may do what. Every verb of --list-commands in
# every state, and in every session under several settings; a verb without an
# expectation here is a failure.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Inftpd::Test::Verbs;
use Test::More;

my @listed = map { (split /\t/)[0] } Inftpd::Test->output('--list-commands');
cmp_ok(scalar @listed, '>', 40, '--list-commands lists the verbs');
ok($verbs{$_}, "there is an expectation of $_") for @listed;
my %listed = map { $_ => 1 } @listed;
ok($listed{$_}, "$_ is a verb") for grep { !/ / } sort keys %verbs;

# --- states -----------------------------------------------------------------

my $server = Inftpd::Test->new;
for my $verb (sort keys %verbs) {
	my ($argument, $before) = @{ $verbs{$verb} };
	my $c = $server->connect;

	$c->expect(line_of($verb), $before // 503, undef,
	    "$verb before login: " . ($before // 503));
	$c->hang_up;
	$c->check;
	$c = $server->connect;
	$c->expect('USER alice', 331);
	$c->expect(line_of($verb), $before // 230, undef,
	    "$verb after USER: " . ($before // 230));
	$c->hang_up;
	$c->check;
}
is_deeply([$server->names('')], [], 'nothing was made without login');

# --- rights -----------------------------------------------------------------

my @write = ('upload', 'overwrite', 'mkdir', 'delete', 'utime');
my @settings = (
	# who, directives, rights beside reading
	['anonymous', {}, qw(download list)],
	['anonymous', { write_enable => 'YES' }, qw(download list)],
	['anonymous', { anon_upload_enable => 'YES',
	    anon_mkdir_write_enable => 'YES', anon_other_write_enable => 'YES' },
	    qw(download list)],
	['anonymous', { write_enable => 'YES', anon_upload_enable => 'YES' },
	    qw(download list upload)],
	['anonymous', { write_enable => 'YES',
	    anon_mkdir_write_enable => 'YES' }, qw(download list mkdir)],
	['anonymous', { write_enable => 'YES',
	    anon_other_write_enable => 'YES' }, qw(download list delete utime)],
	['anonymous', { write_enable => 'YES', anon_upload_enable => 'YES',
	    anon_mkdir_write_enable => 'YES', anon_other_write_enable => 'YES' },
	    qw(download list), @write],
	['anonymous', { write_enable => 'YES', anon_upload_enable => 'YES',
	    anon_mkdir_write_enable => 'YES', anon_other_write_enable => 'YES',
	    mdtm_write => 'NO' }, qw(download list upload overwrite mkdir delete)],
	['anonymous', { download_enable => 'NO' }, qw(list)],
	['anonymous', { dirlist_enable => 'NO' }, qw(download)],
	['alice', {}, qw(download list chmod), @write],
	['alice', { write_enable => 'NO' }, qw(download list)],
	['alice', { chmod_enable => 'NO' }, qw(download list), @write],
	['alice', { mdtm_write => 'NO' },
	    qw(download list chmod upload overwrite mkdir delete)],
	['alice', { download_enable => 'NO' }, qw(list chmod), @write],
	['alice', { dirlist_enable => 'NO' }, qw(download chmod), @write],
	['alice', { virtual_use_local_privs => 'NO' }, qw(download list)],
	['alice', { virtual_use_local_privs => 'NO',
	    anon_upload_enable => 'YES' }, qw(download list upload)],
	['alice', { virtual_use_local_privs => 'NO', anon_upload_enable => 'YES',
	    anon_mkdir_write_enable => 'YES', anon_other_write_enable => 'YES' },
	    qw(download list), @write],
	['alice', { virtual_use_local_privs => 'NO', write_enable => 'NO',
	    anon_upload_enable => 'YES', anon_mkdir_write_enable => 'YES',
	    anon_other_write_enable => 'YES' }, qw(download list)],
);

# The directory as each verb finds it.
sub reset_data {
	my ($s) = @_;

	unlink map { $s->data($_) } grep { !/^(dir|empty)$/ } $s->names('');
	rmdir $s->data('new');
	$s->dir('dir');
	$s->dir('empty');
	chmod 0644, $s->file('there', 'x');
}

for my $row (@settings) {
	my ($who, $directives, @rights) = @$row;
	my $s = Inftpd::Test->new(
	    conf => $who eq 'anonymous'
		? { anon_umask => '022', %$directives } : {},
	    users => { alice => $who eq 'alice' ? $directives : {} });
	my $what = join ', ', $who, map { "$_=$directives->{$_}" }
	    sort keys %$directives;
	my $c = $s->login($who);

	is_deeply([wrong_answers($c, sub { reset_data($s) }, @rights)], [], $what);
	$c->check;
}

# cmds_denied and cmds_allowed: every verb.
for my $verb (@listed) {
	next if $verb =~ /^(REIN|SMNT|USER|PASS|QUIT)$/;
	my $s = Inftpd::Test->new(conf => { cmds_denied => $verb });
	my $c = $s->login('alice');

	reset_data($s);
	$c->pasv if $verb ne 'PASV';
	$c->expect(line_of($verb), refusal($verb), undef,
	    "cmds_denied=$verb");
	$c->hang_up;
	$c->check;
}
my $s = Inftpd::Test->new(conf => { cmds_allowed => 'user, PASS,QUIT,pwd' });
my $c = $s->login('alice');
for my $verb (grep { !/^(REIN|SMNT|USER|PASS|QUIT|PWD)$/ } @listed) {
	$c->expect(line_of($verb), refusal($verb), undef,
	    "cmds_allowed without $verb");
}
$c->expect('PWD', 257, undef, 'cmds_allowed with PWD');
$c->quit;
done_testing;
