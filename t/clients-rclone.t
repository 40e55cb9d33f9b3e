#!/usr/bin/perl
# System tier: rclone at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Test::More;

my $parallel = 1; # transfers, each with its control connection

sub settings {
	my ($how) = @_;
	my $tls = $how->{tls} // '';
	my $password = `rclone obscure $how->{password}`;
	my %set = (type => 'ftp', host => $how->{host} =~ s/(.*:.*)/[$1]/r, port => 21,
	    user => $how->{user}, pass => $password =~ s/\n//r,
	    tls => $tls eq 'implicit' ? 'true' : 'false',
	    concurrency => $parallel,
	    explicit_tls => $tls eq 'explicit' ? 'true' : 'false');

	return map { 'RCLONE_CONFIG_X_' . uc($_) . "=$set{$_}" } sort keys %set;
}

sub rclone {
	my ($how, @steps) = @_;
	my @rclone = ('env', settings($how), 'rclone', '--retries', 1,
	    '--low-level-retries', 1, '--config', '/dev/null');
	my (@commands, @files);

	# Many files are one copy of their directory.
	return ([@rclone, 'copy', '--transfers', $parallel, '--include', 'f*', '.', 'x:'],
	    '') if @steps > 20 && $steps[0][0] eq 'put';
	return ([@rclone, 'copy', '--transfers', $parallel, '--include', 'f*', 'x:',
	    'down'], '', ['sh', '-c',
	    'for f in down/*; do mv "$f" "down-${f##*/}"; done'], '')
	    if @steps > 20 && $steps[0][0] eq 'get';
	for (@steps) {
		my ($verb, $one, $two) = @$_;
		my %as = (
			list => ['lsf', "x:$one"],
			get => ['copyto', "x:$one", $two // ''],
			put => ['copyto', $one, 'x:' . ($two // '')],
			get_time => ['copyto', "x:$one", $two // ''],
			put_time => ['copyto', $one, 'x:' . ($two // '')],
			get_tree => ['sync', "x:$one", $two // ''],
			put_tree => ['sync', $one, 'x:' . ($two // '')],
			rename => ['moveto', "x:$one", 'x:' . ($two // '')],
			remove => ['deletefile', "x:$one"],
			mkdir => ['mkdir', "x:$one"],
			rmdir => ['rmdir', "x:$one"],
		);
		push @commands, [@rclone, @{ $as{$verb} }], '';
	}
	return @commands;
}

my $client = { name => 'rclone', packages => ['rclone'],
    version => 'rclone version', run => \&rclone, cannot => {
        reget => 'it has none', reput => 'it has none',
        active => 'it has none', 'IPv6, active' => 'it has none',
        abort => 'one that is stopped ends; see "killed"' } };

jobs($client);
jobs($client, tls => 'explicit');
many($client);
# Its connections share one store of sessions, so with several of them there is
# no telling whose session a data connection resumes.
$parallel = 4;
many({ %$client, title => undef, name => 'rclone, 4 at a time' }, reuse => 'NO');
hosts($client, sni => ['explicit', 'implicit'],
    no_host => 'it sends no commands that it is told');
done_testing;
